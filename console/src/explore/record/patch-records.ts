/** Changes a record in the replies that are in memory. */
import type { InfiniteData } from '@tanstack/react-query'
import type { RecordRow } from '../../api/records.ts'
import type { PageRequest } from '../table/page-window.ts'

export type Pages = InfiniteData<readonly RecordRow[], PageRequest>

type Changes = Readonly<Record<string, RecordRow[string]>>

/** The fields that a row has not selected stay out of it. Returns the same objects for what does not change. */
export function patchPages(uuid: string, changes: Changes) {
  return (data: Pages | undefined): Pages | undefined => {
    if (!data?.pages.some(page => page.some(row => row.uuid === uuid))) return data
    return {
      ...data,
      pages: data.pages.map(page => page.map(row => (row.uuid === uuid ? patchRow(row, changes) : row))),
    }
  }
}

function patchRow(row: RecordRow, changes: Changes): RecordRow {
  const changed = Object.entries(changes).filter(([field]) => field in row && field !== 'company')
  return { ...row, ...Object.fromEntries(changed) }
}

export function patchRecord(changes: Changes) {
  return (record: RecordRow | undefined): RecordRow | undefined => record && { ...record, ...changes }
}
