/** Changes a record in the replies that are in memory. */
import type { RecordRow } from '../../api/records.ts'

export type Page = readonly RecordRow[]

type Changes = Readonly<Record<string, RecordRow[string]>>

/** The fields that a row has not selected stay out of it. Returns the same page if the record is not in it. */
export function patchPage(uuid: string, changes: Changes) {
  return (page: Page | undefined): Page | undefined => {
    if (!page?.some(row => row.uuid === uuid)) return page
    return page.map(row => (row.uuid === uuid ? patchRow(row, changes) : row))
  }
}

function patchRow(row: RecordRow, changes: Changes): RecordRow {
  const changed = Object.entries(changes).filter(([field]) => field in row && field !== 'company')
  return { ...row, ...Object.fromEntries(changed) }
}

export function patchRecord(changes: Changes) {
  return (record: RecordRow | undefined): RecordRow | undefined => record && { ...record, ...changes }
}
