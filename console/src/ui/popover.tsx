/** Popovers and menus. Not modal, so the page stays usable and no styles are injected (the Content-Security-Policy forbids them). */
import { DropdownMenu, Popover as Primitive } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { classes } from './classes.ts'
import { Icon, type IconName } from './icon.tsx'
import styles from './popover.module.css'

interface PopoverProps {
  /** A button. */
  readonly trigger: ReactElement
  /** Read aloud when it opens. */
  readonly label: string
  readonly children: ReactNode
  readonly align?: 'start' | 'center' | 'end'
  readonly padded?: boolean
  readonly open?: boolean
  readonly onOpenChange?: (open: boolean) => void
}

export function Popover({
  trigger,
  label,
  children,
  align = 'start',
  padded = true,
  open,
  onOpenChange,
}: PopoverProps) {
  const controlled = { ...(open !== undefined && { open }), ...(onOpenChange && { onOpenChange }) }
  return (
    <Primitive.Root {...controlled}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          className={classes(styles.content, padded && styles.padded)}
        >
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

export interface MenuItem {
  readonly label: string
  readonly icon?: IconName
  readonly shortcut?: string
  readonly danger?: boolean
  readonly disabled?: boolean
  readonly onSelect: () => void
}

/** `null` among the items is a line between them. */
export function Menu({
  trigger,
  items,
  align = 'end',
  defaultOpen = false,
}: {
  readonly trigger: ReactElement
  readonly items: readonly (MenuItem | null)[]
  readonly align?: 'start' | 'end'
  readonly defaultOpen?: boolean
}) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen={defaultOpen}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={classes(styles.content, styles.menu)}
        >
          {items.map((item, index) =>
            item === null ? (
              <DropdownMenu.Separator key={index} className={styles.separator} />
            ) : (
              <DropdownMenu.Item
                key={item.label}
                disabled={item.disabled ?? false}
                onSelect={item.onSelect}
                className={classes(styles.item, item.danger && styles.danger)}
              >
                {item.icon && <Icon name={item.icon} />}
                {item.label}
                {item.shortcut && <span className={styles.shortcut}>{item.shortcut}</span>}
              </DropdownMenu.Item>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
