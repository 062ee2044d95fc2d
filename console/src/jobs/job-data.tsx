/** What a job was asked to do, and its dates and numbers. */
import { CopyButton } from '../ui/copy-button.tsx'
import { formatDuration, formatNumber, formatTime } from '../ui/format.ts'
import { ageAtEnd, isFinished, type Job } from './job/job.ts'
import styles from './job-panel.module.css'
import { describeAsked } from './job-words.ts'

export function JobData({ job }: { readonly job: Job }) {
  const { pairs, mapping, query } = describeAsked(job)
  return (
    <>
      <section className={styles.section} aria-label="Request">
        <h3>Request</h3>
        <Pairs pairs={pairs} />
        {mapping.length > 0 && (
          <>
            <h4>Mapping</h4>
            <Pairs pairs={mapping} />
          </>
        )}
        {query !== null && (
          <>
            <h4>Query</h4>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
            <pre className={styles.code} tabIndex={0}>
              {JSON.stringify(query, null, 2)}
            </pre>
          </>
        )}
      </section>
      <section className={styles.section} aria-label="Details">
        <h3>Details</h3>
        <Pairs pairs={describeRun(job)} />
        <div className={styles.uuid}>
          <code>{job.uuid}</code>
          <CopyButton text={job.uuid} label="Copy UUID" />
        </div>
      </section>
    </>
  )
}

function describeRun(job: Job): readonly (readonly [string, string])[] {
  const { attempts, retry_count, run_after, created_at, updated_at, id } = job
  return [
    ['Number', formatNumber(id)],
    ['Created', formatTime(created_at)],
    [isFinished(job) ? 'Ended' : 'Last change', formatTime(updated_at)],
    ['Duration', formatDuration(ageAtEnd(job, Date.now()))],
    [
      'Runs',
      `${formatNumber(attempts)} started, ${retry_count === 0 ? 'no retries' : `up to ${formatNumber(retry_count)} retries`} after a failure`,
    ],
    ...(run_after === null ? [] : [['Next run', formatTime(run_after)] as const]),
  ]
}

function Pairs({ pairs }: { readonly pairs: readonly (readonly [string, string])[] }) {
  return (
    <dl className={styles.pairs}>
      {pairs.map(([name, value]) => (
        <PairOf key={name} name={name} value={value} />
      ))}
    </dl>
  )
}

function PairOf({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt dir="auto">{name}</dt>
      <dd dir="auto">{value}</dd>
    </>
  )
}
