/**
 * Decides what each column of a file means, from its header alone. Start reading here. `readHeader` looks at, in this order:
 *
 * 1. `mapping`, given by the user, which overrides everything else (`applyMapping` below);
 * 2. whether the file is one of our own exports, with names of fields as headers (export-header.ts);
 * 3. otherwise the rules for files of other tools (row-header.ts), which look headers up in column-names.ts. That lookup
 *    is built from the table of known headers, aliases.ts.
 *
 * The result is a `HeaderMeaning` (meaning.ts): per column the key it is read as, or why it is ignored, with the texts
 * that previews and reports show. It is plain data, so it can be shown before an import. A few columns, such as
 * `LinkedIn`, are decided cell by cell: ../row.ts applies their `CellRule`.
 */
import { ConnectraError } from '../../errors.ts'
import type { Service } from '../../fields.ts'
import { normalizeHeader } from './aliases.ts'
import { type FirstRows, readExport, recogniseExport } from './export-header.ts'
import type { HeaderMeaning, Mapping } from './meaning.ts'
import { readRowHeader } from './row-header.ts'

export interface HeaderOptions {
  /** Overrides the meaning of the headers it names. */
  readonly mapping?: Mapping
  /** Needed only for an export of ours whose header fits both services. */
  readonly service?: Service
}

/** The limit of Excel and LibreOffice. */
export const MAX_COLUMNS = 16_384

/**
 * `rows`: what the first rows of a file with a `uuid` column show. Throws ERR_INVALID_CSV if no column is recognised, or if an export of ours fits both services and `service` is
 * absent.
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
      : readRowHeader(headers, keys, isExport === false ? null : isExport)
  if (meaning.columns.every(column => column.key === null)) throw noKnownColumn(headers)
  return { ...meaning, unmatched }
}

function noKnownColumn(headers: readonly string[]): ConnectraError {
  const shown = headers.slice(0, 8).map(header => JSON.stringify(header.slice(0, 60)))
  return new ConnectraError(
    'ERR_INVALID_CSV',
    `no column is recognised (the header seems to be ${shown.join(', ')}${headers.length > 8 ? ', …' : ''}): start the file with ` +
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
