/** Measures the steps of a list, one request at a time and without HTTP. */
import { serialiseRows, withCursor } from '../../src/http/row-json.ts'
import { openPage } from '../../src/records/read/page.ts'
import { openEmbeddedEngine } from '../../src/search/embedded/engine.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import type { BenchDatabase } from '../data/bench-database.ts'
import type { HttpRequest } from '../queries/http-requests.ts'
import { median } from '../shared/figures.ts'
import { quietLog } from '../shared/quiet-log.ts'

/** Medians, in milliseconds. */
export interface Parts {
  readonly parse: number
  readonly engine: number
  readonly rows: number
  readonly serialisation: number
}

export async function measureParts({ url, database }: BenchDatabase, lists: readonly HttpRequest[]): Promise<Parts> {
  const engine = openEmbeddedEngine({ databaseUrl: url, directory: null, log: quietLog })
  await engine.ready()
  const serialise = serialiseRows({ schema: {}, url: '/contacts/', method: 'POST', httpStatus: '200' })
  const times: number[][] = [[], [], [], []]
  for (const { body } of lists) {
    const marks = [performance.now()]
    const mark = () => marks.push(performance.now())
    const query = parseQuery('contact', JSON.parse(body))
    mark()
    const hits = await engine.search(query)
    mark()
    const { rows } = await openPage(
      database,
      query,
      hits.map(hit => hit.uuid),
    )
    mark()
    serialise({ success: true, data: rows!.map((row, place) => withCursor(row!, hits[place]!.cursor)) })
    mark()
    for (const [place, list] of times.entries()) list.push(marks[place + 1]! - marks[place]!)
  }
  await engine.close()
  const [parse, engineTime, rows, serialisation] = times.map(median) as [number, number, number, number]
  return { parse, engine: engineTime, rows, serialisation }
}
