/** Jobs in words. */
import type { Tone } from '../ui/states.tsx'

export interface JobLike {
  readonly job_type: string
  readonly data: Readonly<Record<string, unknown>>
}

const TYPES: Readonly<Record<string, string>> = { insert_csv_file: 'Import', export_csv_file: 'Export' }

const STATUSES: Readonly<Record<string, { readonly label: string; readonly tone: Tone }>> = {
  open: { label: 'Waiting', tone: 'neutral' },
  in_queue: { label: 'Starting', tone: 'info' },
  processing: { label: 'Running', tone: 'info' },
  retry_in_queued: { label: 'Waiting to retry', tone: 'warn' },
  retrying: { label: 'Retrying', tone: 'warn' },
  completed: { label: 'Completed', tone: 'ok' },
  failed: { label: 'Failed', tone: 'bad' },
}

/** Types that this console does not know yet are shown as they are. */
export const nameType = (type: string): string => TYPES[type] ?? type

export const nameStatus = (status: string) => STATUSES[status] ?? ({ label: status, tone: 'neutral' } as const)

export const hasEnded = (status: string): boolean => status === 'completed' || status === 'failed'

/** `Import of contacts.csv`, `Export of companies`. */
export function nameJob({ job_type, data }: JobLike): string {
  if (job_type === 'insert_csv_file') return `Import of ${nameFile(String(data.s3_key ?? 'a file'))}`
  if (job_type === 'export_csv_file') return `Export of ${data.service === 'company' ? 'companies' : 'contacts'}`
  return nameType(job_type)
}

/** Keys of uploads are `uploads/<uuid>_<name>`. */
export function nameFile(key: string): string {
  const name = key.slice(key.lastIndexOf('/') + 1)
  return name.replace(/^(?:command-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}_/i, '') || key
}
