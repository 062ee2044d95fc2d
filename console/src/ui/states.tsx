/** What a view shows instead of data, or beside it: nothing yet, an error with what to do, notices, badges, progress. */
import type { ReactNode } from 'react'
import { ApiError } from '../api/client.ts'
import { Button } from './button.tsx'
import { classes } from './classes.ts'
import { Icon, type IconName } from './icon.tsx'
import styles from './states.module.css'

export type Tone = 'neutral' | 'info' | 'ok' | 'warn' | 'bad'

interface EmptyProps {
  readonly icon: IconName
  readonly title: string
  /** What to do. */
  readonly children?: ReactNode
  readonly actions?: ReactNode
}

export function Empty({ icon, title, children, actions }: EmptyProps) {
  return (
    <div className={styles.state}>
      <Icon name={icon} size={32} />
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  )
}

/** An error that takes the place of a view. */
export function ErrorState({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const requestId = error instanceof ApiError ? error.requestId : null
  return (
    <div className={styles.state} role="alert">
      <Icon name="warning" size={32} />
      <h2>{titleOf(error)}</h2>
      <p>{error.message}</p>
      {requestId && (
        <p className={styles.request}>
          Request <code>{requestId}</code>
        </p>
      )}
      {onRetry && (
        <div className={styles.actions}>
          <Button icon="retry" onClick={onRetry}>
            Try again
          </Button>
        </div>
      )}
    </div>
  )
}

function titleOf(error: Error): string {
  if (!(error instanceof ApiError)) return 'Something went wrong'
  if (error.code === 'ERR_NETWORK') return 'No connection to the server'
  if (error.status === 503) return 'The server is not ready'
  if (error.status === 403) return 'This key may not do that'
  return error.code
}

const TONE_ICONS = { neutral: 'info', info: 'info', ok: 'check', warn: 'warning', bad: 'warning' } as const

export function Notice({ tone = 'info', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return (
    <div
      className={classes(styles.notice, tone !== 'neutral' && styles[tone])}
      role={tone === 'bad' ? 'alert' : 'status'}
    >
      <Icon name={TONE_ICONS[tone]} />
      <div>{children}</div>
    </div>
  )
}

export function Badge({ tone = 'neutral', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={classes(styles.badge, tone !== 'neutral' && styles[tone])}>{children}</span>
}

/** Holds the place of text that is loading, so that nothing moves when it comes. */
export function Skeleton() {
  return <span className={styles.skeleton} aria-hidden="true" />
}

/** `value` from 0 to 1, or null while the end is unknown. */
export function Progress({ value, label }: { readonly value: number | null; readonly label: string }) {
  return <progress className={styles.progress} aria-label={label} max={1} {...(value !== null && { value })} />
}
