/**
 * Decides what each column of a file means, from its header alone. Start reading here. `readHeader` looks at, in this order:
 *
 * 1. `mapping`, given by the user, which overrides everything else (`applyMapping` below);
 * 2. whether the file is one of our own exports, with names of fields as headers (export-header.ts);
 * 3. otherwise the rules for files of other tools (row-header.ts), which look headers up in column-names.ts. That lookup
 *    is built from the tables of known headers, aliases.ts and languages/.
 *
 * The result is a `HeaderMeaning` (meaning.ts): per column the key it is read as, or why it is ignored, with the texts
 * that previews and reports show. It is plain data, so it can be shown before an import. A few columns, such as
 * `LinkedIn`, are decided cell by cell: ../row.ts applies their `CellRule`.
 */
import { ConnectraError } from '../../errors.ts'
import type { Service } from '../../fields.ts'
import { normalizeHeader } from './aliases.ts'
import { type FirstRows, readExport, recogniseExport } from './export-header.ts'
import type { HeaderMeaning, Mapping, Meaning } from './meaning.ts'
import { readRowHeader } from './row-header.ts'
import { unreadable } from './unreadable.ts'

export interface HeaderOptions {
  /** Overrides the meaning of the headers it names. */
  readonly mapping?: Mapping
  /** What the rows are about, overriding what would be recognised. Needed for an export of ours whose header fits both services. */
  readonly service?: Service
}

/** The limit of Excel and LibreOffice. */
export const MAX_COLUMNS = 16_384

/**
 * `rows`: what the first rows of a file with a `uuid` column show. Throws ERR_INVALID_CSV if no column is recognised, if a file of
 * contacts has neither names nor e-mails, or if an export of ours fits both services; `service` decides the last two.
 */
export function readHeader(
  headers: readonly string[],
  options: HeaderOptions = {},
  rows: FirstRows | null = null,
): HeaderMeaning {
  if (headers.length > MAX_COLUMNS)
    throw new ConnectraError(
      'ERR_INVALID_CSV',
      `the file has ${headers.length} columns, more than the limit of ${MAX_COLUMNS}: remove the columns you do not need`,
    )
  const { keys, unmatched } = applyMapping(headers, options.mapping ?? {})
  const mapped = [...keys.values()].some(key => key !== null)
  const isExport = mapped ? 'not read, because `mapping` says what other columns mean' : recogniseExport(headers, rows)
  const meaning =
    isExport === true
      ? readExport(headers, keys, options.service)
      : readRowHeader(headers, keys, isExport === false ? null : isExport, options.service)
  if (meaning.columns.every(column => column.key === null)) throw noKnownColumn(headers)
  if (options.service === undefined && !mapped && isNameless(meaning)) throw noPerson(meaning)
  return { ...meaning, unmatched }
}

const NAMES_PERSON: ReadonlySet<string> = new Set(['first_name', 'last_name', 'full_name', 'email'])
/** Reasons for which a column may be a name or an e-mail that was not recognised. */
const MAY_NAME: ReadonlySet<string | null> = new Set(['unknown', 'ambiguous', 'empty'])

/**
 * A file of contacts without a name or an e-mail: people would be stored without them, or not at all. A list of LinkedIn URLs is
 * accepted if every column is read.
 */
function isNameless({ service, form, columns }: Meaning): boolean {
  if (form === 'fields' || service !== 'contact') return false
  if (columns.some(({ key }) => key !== null && NAMES_PERSON.has(key))) return false
  const isListOfUrls = columns.some(({ key }) => key === 'person_linkedin_url')
  return !isListOfUrls || columns.some(({ ignored }) => MAY_NAME.has(ignored))
}

function noPerson({ columns }: Meaning): ConnectraError {
  const headers = (isRead: boolean) =>
    listed(columns.filter(({ key }) => (key !== null) === isRead).map(({ header }) => header)) || 'none'
  return unreadable(
    'mapping',
    'this seems to be a file of contacts, but no column with a name or an e-mail address is recognised ' +
      `(read: ${headers(true)}; not read: ${headers(false)}): set \`mapping\` to say which columns have them, or set \`service\` to import the file anyway`,
  )
}

const SHOWN = 8
const HEADER_SHOWN = 60

/** The first headers, for a message. */
function listed(headers: readonly string[]): string {
  const shown = headers.slice(0, SHOWN).map(header => JSON.stringify(header.slice(0, HEADER_SHOWN).toWellFormed()))
  return `${shown.join(', ')}${headers.length > SHOWN ? ', …' : ''}`
}

function noKnownColumn(headers: readonly string[]): ConnectraError {
  return unreadable(
    'mapping',
    `no column is recognised (the header seems to be ${listed(headers)}): start the file with ` +
      'a line of headers such as First Name, Email, Company, or set `mapping` to say what the columns mean',
  )
}

interface Mapped {
  /** Column index → the key that `mapping` gives it, or null to leave it out. */
  readonly keys: ReadonlyMap<number, string | null>
  readonly unmatched: readonly string[]
}

/** An exact match of a header takes precedence over one that differs in case or punctuation. */
function applyMapping(headers: readonly string[], mapping: Mapping): Mapped {
  const keys = new Map<number, string | null>()
  const unmatched: string[] = []
  const entries = Object.entries(mapping)
  if (entries.length === 0) return { keys, unmatched }
  const written = new Map(headers.map((header, index) => [header.trim(), index] as const).reverse())
  const named = Map.groupBy([...headers.keys()].reverse(), index => normalizeHeader(headers[index]!))
  for (const [header, key] of entries) {
    const name = normalizeHeader(header)
    const alike = (name === '' ? undefined : named.get(name)) ?? []
    while (keys.has(alike.at(-1)!)) alike.pop()
    const index = written.get(header.trim()) ?? alike.at(-1)
    if (index === undefined) unmatched.push(header)
    else keys.set(index, key)
  }
  return { keys, unmatched }
}
