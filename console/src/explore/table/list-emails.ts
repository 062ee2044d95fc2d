import { type RecordRow, searchRecords, type Where } from '../../api/records.ts'
import { PAGE_SIZE } from './page-window.ts'

/** The e-mail addresses of the contacts that match, without those that have none. */
export async function listEmails(where: Where): Promise<readonly string[]> {
  const query = {
    where: { and: [where, { exists: { must: ['email'] } }] },
    select_columns: ['email'],
    limit: PAGE_SIZE,
  }
  const emails = new Set<string>()
  let rows: readonly RecordRow[] = []
  do {
    const cursor = rows.at(-1)?.cursor
    rows = await searchRecords('contact', cursor ? { ...query, cursor } : query)
    for (const { email } of rows) emails.add(String(email))
  } while (rows.length === PAGE_SIZE)
  return [...emails]
}
