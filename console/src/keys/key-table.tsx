import { currentKey } from '../api/key.ts'
import { Button } from '../ui/button.tsx'
import { formatAgo, formatTime } from '../ui/format.ts'
import { Table } from '../ui/page.tsx'
import { Badge, Skeleton } from '../ui/states.tsx'
import styles from './keys.module.css'
import type { ApiKey } from './keys-api.ts'
import { isOwn, isSession, stateOf } from './sort-keys.ts'

const PLACES = 3

interface KeyTableProps {
  /** Null while they are loading. */
  readonly keys: readonly ApiKey[] | null
  readonly onRevoke: (key: ApiKey) => void
}

export function KeyTable({ keys, onRevoke }: KeyTableProps) {
  return (
    <div className={styles.frame}>
      <Table label="API keys">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Key</th>
            <th scope="col">Created</th>
            <th scope="col">Valid until</th>
            <th scope="col">
              <span className="visually-hidden">Revoke</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys === null
            ? Array.from({ length: PLACES }, (_, index) => <SkeletonRow key={`${index}`} />)
            : keys.map(key => <KeyRow key={key.id} apiKey={key} onRevoke={() => onRevoke(key)} />)}
        </tbody>
      </Table>
    </div>
  )
}

function KeyRow({ apiKey, onRevoke }: { readonly apiKey: ApiKey; readonly onRevoke: () => void }) {
  const own = isOwn(apiKey, currentKey())
  const state = stateOf(apiKey)
  return (
    <tr className={state === 'valid' ? undefined : styles.ended}>
      <th scope="row" className={styles.name}>
        <span dir="auto">{apiKey.name}</span>
        {apiKey.admin && <Badge tone="info">Admin</Badge>}
        {isSession(apiKey) && <Badge>Console session</Badge>}
        {own && <Badge tone="ok">This browser</Badge>}
      </th>
      <td>
        <code>{apiKey.prefix === '' ? '…' : `${apiKey.prefix}…${apiKey.last_four}`}</code>
      </td>
      <td className={styles.time} title={formatTime(apiKey.created_at)}>
        {formatAgo(apiKey.created_at)}
      </td>
      <td className={styles.time}>{describeEnd(apiKey)}</td>
      <td className={styles.action}>
        {state === 'valid' && own && <OwnKey isSession={isSession(apiKey)} />}
        {state === 'valid' && !own && (
          <Button size="small" variant="danger" aria-label={`Revoke ${apiKey.name}`} onClick={onRevoke}>
            Revoke
          </Button>
        )}
      </td>
    </tr>
  )
}

/** A key does not revoke itself. */
function OwnKey({ isSession }: { readonly isSession: boolean }) {
  return isSession ? (
    <span className={styles.own}>Sign out ends it</span>
  ) : (
    <span className={styles.own} title="To revoke it, sign in with another admin key.">
      In use here
    </span>
  )
}

function describeEnd(key: ApiKey): string {
  if (key.revoked_at !== null) return `Revoked ${formatAgo(key.revoked_at)}`
  if (key.expires_at === null) return 'Never expires'
  return stateOf(key) === 'expired' ? `Expired ${formatAgo(key.expires_at)}` : formatTime(key.expires_at)
}

function SkeletonRow() {
  return (
    <tr>
      {['name', 'key', 'created', 'until', 'revoke'].map(name => (
        <td key={name}>
          <Skeleton />
        </td>
      ))}
    </tr>
  )
}
