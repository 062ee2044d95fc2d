/** The list of jobs. Skeletons hold its place while it is loading. */
import { classes } from '../ui/classes.ts'
import { formatAgo, formatDuration, formatNumber, formatTime } from '../ui/format.ts'
import { Icon } from '../ui/icon.tsx'
import { Table } from '../ui/page.tsx'
import { Badge, Progress, Skeleton } from '../ui/states.tsx'
import { ageAtEnd, fileOf, isFinished, type Job, shareDone, statusWords, TYPE_WORDS } from './job/job.ts'
import styles from './jobs.module.css'

interface JobTableProps {
  /** Undefined while it is loading. */
  readonly jobs: readonly Job[] | undefined
  /** The uuid of the job in the panel. */
  readonly open: string | null
  /** Milliseconds. */
  readonly now: number
  readonly onOpen: (uuid: string) => void
}

const HELD = 8

export function JobTable({ jobs, open, now, onOpen }: JobTableProps) {
  return (
    <Table label="Jobs, newest first">
      <thead className={styles.head}>
        <tr>
          <th scope="col">File</th>
          <th scope="col" className={classes(styles.wide, styles.lesser)}>
            Type
          </th>
          <th scope="col">Status</th>
          <th scope="col" className={classes(styles.count, styles.wide)}>
            Rows
          </th>
          <th scope="col" className={classes(styles.count, styles.wide)}>
            Rejected
          </th>
          <th scope="col" className={styles.wide}>
            Created
          </th>
          <th scope="col" className={classes(styles.count, styles.wide, styles.lesser)}>
            Duration
          </th>
        </tr>
      </thead>
      <tbody>
        {jobs?.map(job => (
          <JobRow key={job.uuid} job={job} isOpen={job.uuid === open} now={now} onOpen={onOpen} />
        ))}
        {jobs === undefined && Array.from({ length: HELD }, (_, place) => <SkeletonRow key={String(place)} />)}
      </tbody>
    </Table>
  )
}

interface JobRowProps extends Pick<JobTableProps, 'now' | 'onOpen'> {
  readonly job: Job
  readonly isOpen: boolean
}

function JobRow({ job, isOpen, now, onOpen }: JobRowProps) {
  const { text, tone } = statusWords(job)
  const { rows_read, rows_total, rows_rejected } = job.progress
  const name = fileOf(job)
  return (
    <tr className={styles.row} data-open={isOpen}>
      <td>
        <button
          type="button"
          className={styles.open}
          data-job={job.uuid}
          aria-expanded={isOpen}
          title={name}
          onClick={() => onOpen(job.uuid)}
        >
          <Icon name={job.job_type === 'insert_csv_file' ? 'upload' : 'download'} />
          <span className={styles.name} dir="auto">
            {name}
          </span>
        </button>
      </td>
      <td className={classes(styles.nowrap, styles.wide, styles.lesser)}>{TYPE_WORDS[job.job_type]}</td>
      <td>
        <div className={styles.status}>
          <Badge tone={tone}>{text}</Badge>
          {!isFinished(job) && <Progress value={shareDone(job)} label={`Progress of ${name}`} />}
        </div>
      </td>
      <td className={classes(styles.count, styles.wide)}>
        {formatNumber(rows_read)}
        {!isFinished(job) && rows_total !== null && ` of ${formatNumber(rows_total)}`}
      </td>
      <td className={classes(styles.count, styles.wide)}>
        {job.job_type === 'insert_csv_file' ? formatNumber(rows_rejected) : ''}
      </td>
      <td className={classes(styles.nowrap, styles.wide, styles.created)}>
        <time dateTime={job.created_at} title={formatTime(job.created_at)}>
          {formatAgo(job.created_at, now)}
        </time>
      </td>
      <td className={classes(styles.count, styles.wide, styles.lesser)}>{formatDuration(ageAtEnd(job, now))}</td>
    </tr>
  )
}

function SkeletonRow() {
  return (
    <tr className={styles.row} aria-hidden="true">
      <td>
        <Skeleton />
      </td>
      <td className={classes(styles.wide, styles.lesser)}>
        <Skeleton />
      </td>
      <td>
        <div className={styles.status}>
          <Skeleton />
        </div>
      </td>
      {[styles.count, styles.count, styles.created, classes(styles.count, styles.lesser)].map((column, place) => (
        <td key={String(place)} className={classes(column, styles.wide)}>
          <Skeleton />
        </td>
      ))}
    </tr>
  )
}
