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
  /** One of several choices, or a switch. `checked` says whether it is on. */
  readonly kind?: 'radio' | 'checkbox'
  readonly checked?: boolean
  readonly onSelect: () => void
}

/** `null` among the items is a line between them. */
export function Menu({
  trigger,
  items,
  align = 'end',
  onOpenChange,
  defaultOpen = false,
}: {
  readonly trigger: ReactElement
  readonly items: readonly (MenuItem | null)[]
  readonly align?: 'start' | 'end'
  readonly onOpenChange?: (open: boolean) => void
  readonly defaultOpen?: boolean
}) {
  const areIconsShown = items.some(item => item?.icon)
  return (
    <DropdownMenu.Root modal={false} defaultOpen={defaultOpen} {...(onOpenChange && { onOpenChange })}>
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
                {...(item.kind && { role: `menuitem${item.kind}`, 'aria-checked': item.checked ?? false })}
                className={classes(styles.item, item.danger && styles.danger)}
              >
                {item.icon ? <Icon name={item.icon} /> : areIconsShown && <span className={styles.noIcon} />}
                {item.label}
                {item.shortcut && <span className={styles.shortcut}>{item.shortcut}</span>}
                {item.checked && (
                  <span className={styles.mark}>
                    <Icon name="check" />
                  </span>
                )}
              </DropdownMenu.Item>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
