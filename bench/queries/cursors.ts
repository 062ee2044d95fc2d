/** Finds the cursors at which measured pages begin. This is not measured, and deep rows are not read again for each cursor. */
import type { SearchEngine } from '../../src/search/engine.ts'
import { fold } from '../../src/text/fold.ts'
import { formatCursor } from '../../src/vql/cursor.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import type { Query } from '../../src/vql/query.ts'
import type { Generator as RecordGenerator } from '../data/generate.ts'
import { indexOfUuid } from '../data/generate.ts'
import type { Random } from '../data/random.ts'
import type { Draw } from './draws.ts'

/** The deepest row that `page` reaches. Deeper rows are found by a scan. */
const PAGES = 10_000
/** Number of consecutive rows from which the cursor of a deep page is drawn. A scan for each cursor would take minutes. */
const CHOICE = 2000

/** Finds the cursor of the row at the depth of a draw, but at most half-way through the matches. Null if nothing matches. */
export type CursorFinder = (draw: Draw, random: Random) => Promise<readonly string[] | null>

export function createCursorFinder(
  engine: Pick<SearchEngine, 'search' | 'scan' | 'count'>,
  generator: RecordGenerator,
): CursorFinder {
  const deepRows = new Map<string, readonly string[]>()

  function cursorOf(query: Query, uuid: string): readonly string[] {
    const record = generator.record(query.service, indexOfUuid(uuid))
    const values = query.orderBy.map(({ field }) => (field.name === 'uuid' ? uuid : sortValue(record[field.name])))
    return formatCursor(query.orderBy, values, uuid)
  }

  async function rowsFrom(query: Query, depth: number): Promise<readonly string[]> {
    const rows: string[] = []
    let place = 0
    for await (const uuids of engine.scan({ ...query, limit: depth + CHOICE })) {
      if (place + uuids.length >= depth) rows.push(...uuids.slice(Math.max(0, depth - 1 - place)))
      place += uuids.length
    }
    return rows
  }

  return async (draw, random) => {
    const query = parseQuery(draw.service, draw.query)
    if (draw.depth === 'random') return cursorOf(query, randomRecord(generator, query, random))
    const half = Math.floor((await engine.count(query.service, query.where)) / 2)
    const depth = Math.max(1, Math.min(draw.depth!, half))
    if (draw.depth! > PAGES) {
      const key = JSON.stringify(draw)
      const rows = deepRows.get(key) ?? (await rowsFrom(query, depth))
      deepRows.set(key, rows)
      return cursorOf(query, random.pick(rows))
    }
    return (await engine.search({ ...query, page: depth, limit: 1 })).at(0)?.cursor ?? null
  }
}

/** Returns the uuid of a random record that has a value for the first field of the order. */
function randomRecord(generator: RecordGenerator, query: Query, random: Random): string {
  const count = query.service === 'contact' ? generator.sizes.contacts : generator.sizes.companies
  for (;;) {
    const record = generator.record(query.service, random.int(count))
    const first = query.orderBy[0]
    if (first === undefined || record[first.field.name] != null) return record.uuid
  }
}

function sortValue(value: unknown): string | number | null {
  if (value === null || value === undefined) return null
  return typeof value === 'number' ? value : fold(String(value))
}
