/** Whether the server works, part by part, and what to do if it does not. */
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { CopyButton } from '../ui/copy-button.tsx'
import { Facts } from '../ui/data/facts.tsx'
import { formatTime } from '../ui/format.ts'
import { Card, Page } from '../ui/page.tsx'
import { Badge, ErrorState, Notice, Skeleton } from '../ui/states.tsx'
import { describePart, type PartDescription } from './describe-part.ts'
import styles from './health.module.css'
import { Queue } from './queue.tsx'
import { type Health as HealthReply, readHealth } from './read-health.ts'

const EVERY_MS = 5000
/** Parts that every server has, to hold their place. */
const EXPECTED = ['database', 'migrations', 'index', 'worker']

export default function Health() {
  const health = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => readHealth(signal),
    refetchInterval: EVERY_MS,
    // The next look comes anyway.
    retry: false,
  })
  const { data, error } = health
  return (
    <Page
      title="Health"
      actions={data && <CopyButton text={JSON.stringify(data, null, 2)} label="Copy as JSON" size="normal" />}
    >
      {error && !data && <ErrorState error={error} onRetry={() => void health.refetch()} />}
      {error && data && (
        <Notice tone="bad">
          {error.message} Below is what it answered at {formatTime(new Date(health.dataUpdatedAt).toISOString())}.
        </Notice>
      )}
      {!error && <Summary health={data ?? null} />}
      {(data || !error) && <Parts health={data ?? null} />}
      <Queue />
    </Page>
  )
}

function Summary({ health }: { readonly health: HealthReply | null }) {
  return (
    <p className={styles.summary} aria-live="polite">
      {health === null ? (
        <Skeleton />
      ) : (
        <>
          <Badge tone={health.status === 'ok' ? 'ok' : 'bad'}>{health.status === 'ok' ? 'Ready' : 'Not ready'}</Badge>
          <span>
            {health.status === 'ok'
              ? 'The server answers requests.'
              : 'The server refuses some requests until every part is ready.'}
          </span>
          <span className="muted">Version {health.version}</span>
        </>
      )}
    </p>
  )
}

function Parts({ health }: { readonly health: HealthReply | null }) {
  return (
    <div className={styles.parts}>
      {health === null
        ? EXPECTED.map(name => (
            <PartCard key={name} part={describePart(name, { status: 'ok' })}>
              <Skeleton />
            </PartCard>
          ))
        : Object.entries(health.parts).map(([name, state]) => <PartCard key={name} part={describePart(name, state)} />)}
    </div>
  )
}

/** Children take the place of what is not known yet. */
function PartCard({ part, children }: { readonly part: PartDescription; readonly children?: ReactNode }) {
  return (
    <Card title={part.title} actions={!children && <Badge tone={part.tone}>{part.status}</Badge>}>
      <p className={styles.meaning}>{children ?? part.meaning}</p>
      {part.advice && <Notice tone={part.tone === 'neutral' ? 'info' : part.tone}>{part.advice}</Notice>}
      {!children && part.details.length > 0 && (
        <Facts items={part.details.map(([label, value]) => ({ label, value }))} />
      )}
    </Card>
  )
}
