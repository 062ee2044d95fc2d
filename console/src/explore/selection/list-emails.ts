import type { Query, RecordRow, Where } from '../../api/records.ts'

interface EmailList {
  /** Each once. */
  readonly emails: readonly string[]
  /** The number of contacts that have one. */
  readonly contacts: number
}

const LIMIT = 100

/** The e-mail addresses of the contacts that match. `search`: a search of contacts. */
export async function listEmails(
  where: Where,
  search: (query: Query) => Promise<readonly RecordRow[]>,
): Promise<EmailList> {
  const query: Query = {
    where: { and: [where, { exists: { must: ['email'] } }] },
    select_columns: ['email'],
    limit: LIMIT,
  }
  const emails = new Set<string>()
  let contacts = 0
  let rows: readonly RecordRow[] = []
  do {
    const cursor = rows.at(-1)?.cursor
    rows = await search(cursor ? { ...query, cursor } : query)
    contacts += rows.length
    for (const { email } of rows) emails.add(String(email))
  } while (rows.length === LIMIT)
  return { emails: [...emails], contacts }
}

/** What was copied, and why there are fewer addresses than contacts. `selected`: the number of contacts. */
export function describeEmails({ emails, contacts }: EmailList, selected: number): string {
  const parts = [`${counted(emails.length, 'e-mail address', 'e-mail addresses')} copied`]
  if (selected > contacts) parts.push(`${counted(selected - contacts, 'contact has', 'contacts have')} none`)
  if (contacts > emails.length)
    parts.push(`${counted(contacts - emails.length, 'duplicate was', 'duplicates were')} left out`)
  return `${parts.join('; ')}.`
}

function counted(count: number, one: string, more: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : more}`
}
