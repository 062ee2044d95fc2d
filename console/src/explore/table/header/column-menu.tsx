/** The menu of a column. It is made when it is opened first: a table has many columns, and few of their menus are used. */
import { type KeyboardEvent, type MouseEvent, useState } from 'react'
import { IconButton } from '../../../ui/button.tsx'
import { Menu, type MenuItem } from '../../../ui/popover.tsx'
import styles from './header.module.css'

interface ColumnMenuProps {
  readonly label: string
  readonly tabIndex: number
  readonly listItems: () => readonly (MenuItem | null)[]
}

export function ColumnMenu({ label, tabIndex, listItems }: ColumnMenuProps) {
  const [isMade, setMade] = useState(false)
  const button = {
    icon: 'more',
    size: 'small',
    label: `Column ${label}`,
    'data-stop': true,
    tabIndex,
    className: styles.menu,
  } as const

  function open(event: MouseEvent | KeyboardEvent) {
    event.preventDefault()
    setMade(true)
  }

  if (isMade) return <Menu align="start" defaultOpen trigger={<IconButton {...button} />} items={listItems()} />
  return (
    <IconButton
      {...button}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={open}
      onKeyDown={event => event.key === 'ArrowDown' && open(event)}
    />
  )
}
