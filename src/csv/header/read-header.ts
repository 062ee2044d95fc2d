/** What the columns of a file mean, from its header alone. Pure data, so that it can be shown before an import. */
import { ConnectraError } from '../../errors.ts'
import type { Service } from '../../fields.ts'
import { normalizeHeader } from './aliases.ts'
import { isExport, readExport } from './export-header.ts'
import type { HeaderMeaning, Mapping } from './meaning.ts'
import { readRowHeader } from './row-header.ts'

export interface HeaderOptions {
  /** Overrides what the header says. */
  readonly mapping?: Mapping
  /** For an export of ours whose header fits both services. */
  readonly service?: Service
}

/** Spreadsheets have no more. */
export const MAX_COLUMNS = 16_384

/** Throws ERR_INVALID_CSV when no column is known, or an export of ours may be of either service. */
export function readHeader(headers: readonly string[], options: HeaderOptions = {}): HeaderMeaning {
  if (headers.length > MAX_COLUMNS)
    throw new ConnectraError(
      'ERR_INVALID_CSV',
      `the file has ${headers.length} columns: at most ${MAX_COLUMNS} are read`,
    )
  const { keys, unmatched } = applyMapping(headers, options.mapping ?? {})
  const mapped = [...keys.values()].some(key => key !== null)
  const meaning =
    !mapped && isExport(headers) ? readExport(headers, keys, options.service) : readRowHeader(headers, keys)
  if (meaning.columns.every(column => column.key === null)) throw noKnownColumn(headers)
  return { ...meaning, unmatched }
}

function noKnownColumn(headers: readonly string[]): ConnectraError {
  const shown = headers.slice(0, 8).map(header => JSON.stringify(header.slice(0, 60)))
  return new ConnectraError(
    'ERR_INVALID_CSV',
    `no column is known (the header seems to be ${shown.join(', ')}${headers.length > 8 ? ', …' : ''}): the file must begin with ` +
      'a line of headers such as First Name, Email, Company; or say what they mean by `mapping`',
  )
}

interface Mapped {
  /** By column: what `mapping` says of it. */
  readonly keys: ReadonlyMap<number, string | null>
  readonly unmatched: readonly string[]
}

/** An exact header counts before one that differs in case or punctuation. */
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
