/** What an import did, in plain words, with charts, warnings, and what was left out. Also shown in the jobs. */
import { useQuery } from '@tanstack/react-query'
import { countRecords, type Service } from '../../api/records.ts'
import { linkToList } from '../../explore/view-params.ts'
import type { Group } from '../../explore/view-state.ts'
import { downloadFile } from '../../jobs/job/files.ts'
import { fileOf, isCancelled, type Job } from '../../jobs/job/job.ts'
import { JobErrors } from '../../jobs/job/job-errors.tsx'
import { Button, buttonClass } from '../../ui/button.tsx'
import { countOf } from '../../ui/data/nouns.ts'
import { formatNumber } from '../../ui/format.ts'
import { Notice } from '../../ui/states.tsx'
import { Details } from './details.tsx'
import { OutcomeBar } from './outcome-bar.tsx'
import { effectParts, hasAny, rowParts } from './outcome-parts.ts'
import { ProblemTable } from './problem-table.tsx'
import { RejectedRows } from './rejected-rows.tsx'
import { reportName } from './rejects.ts'
import styles from './report.module.css'
import {
  effectSentence,
  type ImportCounts,
  outcomeSentence,
  rowSentences,
  speedSentence,
  stoppedSentence,
  withoutCompany,
} from './report-words.ts'

/** Jobs of exports have other counts. */
function countsOf({ job_response: { counts } }: Job): ImportCounts | null {
  return counts !== undefined && 'contacts' in counts ? counts : null
}

/** Of an import that has ended. */
export function ImportReport({ job }: { readonly job: Job }) {
  const counts = countsOf(job)
  const { warnings = [], warnings_s3_key, rejects_s3_key } = job.job_response
  if (job.status === 'failed' || counts === null) return <Failure job={job} />
  return (
    <div className={styles.report}>
      <Lead job={job} counts={counts} />
      <div className={styles.charts}>
        {hasAny(counts.contacts) && (
          <OutcomeBar title="Rows with a contact" parts={effectParts(counts.contacts, 'contact')} />
        )}
        {hasAny(counts.companies) && (
          <OutcomeBar title="Rows with a company" parts={effectParts(counts.companies, 'company')} />
        )}
        <OutcomeBar title={countOf(counts.rows.read, 'row')} parts={rowParts(counts.rows)} />
      </div>
      <Links job={job} counts={counts} />
      {rejects_s3_key !== undefined && <RejectedRows job={job} s3Key={rejects_s3_key} count={counts.rows.rejected} />}
      {warnings.length > 0 && (
        <section className={styles.section} aria-label="Warnings">
          <div className={styles.headline}>
            <h3>{countOf(counts.rows.warned, 'row')} with warnings</h3>
            {warnings_s3_key !== undefined && (
              <Button
                size="small"
                icon="download"
                onClick={() => void downloadFile(warnings_s3_key, reportName(fileOf(job), 'warnings'))}
              >
                All warnings (CSV)
              </Button>
            )}
          </div>
          <p className="muted">These rows are stored. Only the value that a warning is about may be missing.</p>
          <ProblemTable label="Warnings" kinds={warnings} />
        </section>
      )}
      <LeftOut job={job} />
    </div>
  )
}

function Lead({ job, counts }: { readonly job: Job; readonly counts: ImportCounts }) {
  const { seconds, rows_per_second } = job.job_response
  const sentences = [
    counts.rows.read > 0 ? outcomeSentence(counts.rows) : 'The file has no rows to import.',
    effectSentence(counts.contacts, 'contact'),
    effectSentence(counts.companies, 'company'),
    withoutCompany(counts),
    ...rowSentences(counts.rows),
  ]
  const said = sentences.filter(sentence => sentence !== null)
  return (
    <div className={styles.lead} role="status">
      {said.map(sentence => (
        <p key={sentence}>{sentence}</p>
      ))}
      {seconds !== undefined && rows_per_second !== undefined && (
        <p className="muted">{speedSentence(seconds, rows_per_second, counts.rows.read)}</p>
      )}
    </div>
  )
}

/** Why it failed, and what it stored before. */
function Failure({ job }: { readonly job: Job }) {
  const stopped = stoppedSentence(job.progress)
  if (isCancelled(job)) return <Notice tone="neutral">The import was cancelled. {stopped}</Notice>
  return (
    <Notice tone="bad">
      <JobErrors job={job} />
      <p>{stopped}</p>
    </Notice>
  )
}

function Links({ job, counts: { rows, contacts, companies } }: { readonly job: Job; readonly counts: ImportCounts }) {
  return (
    <div className={styles.links}>
      {contacts.created > 0 && <ListLink service="contact" filter={createdBy(job)} text="Show the new contacts" />}
      {contacts.updated > 0 && <ChangedLink service="contact" job={job} text="Show the changed contacts" />}
      {companies.created > 0 && <ListLink service="company" filter={createdBy(job)} text="Show the new companies" />}
      {companies.updated > 0 && <ChangedLink service="company" job={job} text="Show the changed companies" />}
      {rows.stored > 0 && (
        <a className={buttonClass({})} href="#/overview">
          See data quality
        </a>
      )}
    </div>
  )
}

interface ListLinkProps {
  readonly service: Service
  readonly text: string
}

function ListLink({ service, filter, text }: ListLinkProps & { readonly filter: Group }) {
  return (
    <a className={buttonClass({})} href={linkToList(service, filter)}>
      {text}
    </a>
  )
}

/** Nothing if all that was changed was created by the same import. */
function ChangedLink({ job, ...link }: ListLinkProps & { readonly job: Job }) {
  const { created_at, updated_at } = job
  const where = {
    range_query: { must: { updated_at: { gte: created_at, lte: updated_at }, created_at: { lt: created_at } } },
  }
  const { data } = useQuery({
    queryKey: ['count', link.service, where],
    queryFn: ({ signal }) => countRecords(link.service, where, signal),
  })
  return data ? <ListLink filter={changedBy(job)} {...link} /> : null
}

/** Records that came into being while the job ran. Jobs do not mark their records, so those of others at the same time count too. */
function createdBy({ created_at, updated_at }: Job): Group {
  return { kind: 'group', op: 'all', items: [{ kind: 'range', key: 'created_at', gte: created_at, lte: updated_at }] }
}

function changedBy({ created_at, updated_at }: Job): Group {
  return {
    kind: 'group',
    op: 'all',
    items: [
      { kind: 'range', key: 'updated_at', gte: created_at, lte: updated_at },
      { kind: 'range', key: 'created_at', lt: created_at },
    ],
  }
}

function LeftOut({ job }: { readonly job: Job }) {
  const {
    ignored_columns = [],
    dropped_values = [],
    skipped_lines = [],
    unmatched_mapping = [],
    counts,
  } = job.job_response
  const dropped = dropped_values.filter(({ count }) => count > 0)
  const skipped =
    (counts !== undefined && 'contacts' in counts ? counts.lines_skipped : undefined) ?? skipped_lines.length
  return (
    <>
      {unmatched_mapping.length > 0 && (
        <Notice tone="warn">
          The mapping names columns that the file does not have: {unmatched_mapping.join(', ')}.
        </Notice>
      )}
      <Details
        title={`${countOf(ignored_columns.length, 'column')} not imported`}
        lines={ignored_columns.map(({ column, reason }) => [
          column === '' ? 'Column without a header' : column,
          reason,
        ])}
      />
      <Details
        title={`${countOf(dropped.length, 'column')} with values that were not used, because another column had one`}
        lines={dropped.map(({ column, count, reason }) => [column, `${countOf(count, 'value')}; ${reason}`])}
      />
      <Details
        title={`${countOf(skipped, 'line')} skipped, because they are not rows`}
        lines={skipped_lines.map(({ line, text }) => [`Line ${formatNumber(line)}`, text])}
      />
    </>
  )
}
