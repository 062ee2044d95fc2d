import type { Database } from '../../src/database/pool.ts'
import { openPage, type PageRows, type Selection } from '../../src/records/read/page.ts'

/** The rows of a page that is small enough to be read at once. */
export async function fetchPage(database: Database, selection: Selection, uuids: readonly string[]): Promise<PageRows> {
  const { rows } = await openPage(database, selection, uuids)
  if (rows === null) throw new Error('the page is too large')
  return rows
}
