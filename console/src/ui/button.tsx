import type { ButtonHTMLAttributes, Ref } from 'react'
import styles from './button.module.css'
import { classes } from './classes.ts'
import { Icon, type IconName } from './icon.tsx'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly variant?: 'default' | 'primary' | 'danger' | 'quiet'
  readonly size?: 'normal' | 'small'
  readonly icon?: IconName
  readonly ref?: Ref<HTMLButtonElement>
}

export function Button({ variant = 'default', size = 'normal', icon, className, children, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} className={buttonClass({ variant, size }, className)}>
      {icon && <Icon name={icon} size={size === 'small' ? 14 : 16} />}
      {children}
    </button>
  )
}

interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon'> {
  readonly icon: IconName
  /** Read aloud and shown as a tooltip. */
  readonly label: string
}

export function IconButton({ icon, label, variant = 'quiet', size = 'normal', className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      className={buttonClass({ variant, size }, classes(styles.icon, className))}
    >
      <Icon name={icon} size={size === 'small' ? 14 : 16} />
    </button>
  )
}

/** For links that look like buttons. */
export function buttonClass(
  { variant = 'default', size = 'normal' }: Pick<ButtonProps, 'variant' | 'size'>,
  more?: string,
) {
  return classes(styles.button, variant !== 'default' && styles[variant], size === 'small' && styles.small, more)
}
