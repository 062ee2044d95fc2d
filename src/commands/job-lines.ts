/** Describes jobs for people. */
import type { ImportReport } from '../jobs/import/report.ts'
import type { Job } from '../jobs/job/job.ts'
import { age, count, counted } from './format.ts'
import { ignoredLine, reportLines, unmatchedLines } from './import-lines.ts'

const DATA_SHOWN = 300

export const JOB_HEADER = ['UUID', 'STATUS', 'TYPE', 'PROGRESS', 'AGE'] as const

/** The cells below JOB_HEADER. */
export function jobRow(job: Job, now: Date): string[] {
  return [job.uuid, job.status, job.jobType, progressOf(job), age(job.createdAt, now)]
}

/** `70,000 rows, 12 rejected, 21 %` */
function progressOf({ status, progress }: Job): string {
  const { rowsRead, rowsRejected, rowsTotal, bytesRead, bytesTotal } = progress
  const [done, total] = rowsTotal === null ? [bytesRead, bytesTotal] : [rowsRead, rowsTotal]
  const isKnown = status !== 'completed' && total !== null && total > 0
  return [
    counted(rowsRead, 'row'),
    ...(rowsRejected > 0 ? [`${count(rowsRejected)} rejected`] : []),
    ...(isKnown ? [`${Math.floor((100 * Math.min(done, total)) / total)} %`] : []),
  ].join(', ')
}

/** Everything about a job. `path` returns where the file of a key is. */
export function jobLines(job: Job, now: Date, path: (key: string) => string): string[] {
  const { response, progress, runAfter, retryCount, attempts } = job
  const { s3_key: file, ...options } = job.data
  const when = (date: Date) => `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
  const isImport = job.jobType === 'insert_csv_file'
  const entries: readonly (readonly [string, string | undefined | null | false])[] = [
    ['job', job.uuid],
    ['type', job.jobType],
    ['status', job.status],
    ['created', `${when(job.createdAt)}, ${age(job.createdAt, now)} ago`],
    ['last change', `${when(job.updatedAt)}, ${age(job.updatedAt, now)} ago`],
    [
      'attempts',
      `${count(attempts)}${retryCount > 0 ? `, with up to ${counted(retryCount, 'retry', 'retries')} after failures` : ''}`,
    ],
    ['next attempt', runAfter && when(runAfter)],
    ['file', typeof file === 'string' && path(file)],
    ['options', Object.keys(options).length > 0 && shortened(JSON.stringify(options))],
    ['progress', progressOf(job)],
    ['stored', isImport && counted(progress.rowsStored, 'row')],
    ['message', response.messages],
    ...(response.runtimeErrors ?? []).map(error => ['error', error] as const),
    ['exported to', response.s3Key && path(response.s3Key)],
    ['rejected rows', response.rejectsS3Key && path(response.rejectsS3Key)],
    ['warnings', response.warningsS3Key && path(response.warningsS3Key)],
  ]
  return [
    ...entries.flatMap(([name, value]) => (value ? [`${name.padEnd(13)}  ${value}`] : [])),
    ...(isImport && job.status === 'completed' ? importLines(response.details as unknown as ImportReport) : []),
  ]
}

function importLines(report: ImportReport): string[] {
  return ['report', ...reportLines(report, false), ...ignoredLine(report), ...unmatchedLines(report)]
}

function shortened(text: string): string {
  return text.length > DATA_SHOWN ? `${text.slice(0, DATA_SHOWN).toWellFormed()}… (all of it with --json)` : text
}
