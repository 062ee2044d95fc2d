/**
 * `bench search`: every class of query on the index and on PostgreSQL alone, in the same process over the same
 * data, one request at a time, with parameters drawn anew for each. The answers of the first requests are compared.
 */
import { deepStrictEqual } from 'node:assert'
import { resolveField } from '../src/fields.ts'
import { openEmbeddedEngine } from '../src/search/embedded/engine.ts'
import type { FacetRequest, SearchEngine } from '../src/search/engine.ts'
import { fold } from '../src/text/fold.ts'
import { parseQuery } from '../src/vql/parse-query.ts'
import { parseWhere } from '../src/vql/parse-where.ts'
import type { Query } from '../src/vql/query.ts'
import { loadRecords, withDatabase } from './bench-database.ts'
import { createGenerator, type Generator as RecordGenerator } from './generate.ts'
import type { BenchOptions } from './main.ts'
import { plainCount, plainFacet, plainSearch, preparePlainPostgres } from './plain-postgres.ts'
import { quiet } from './quiet.ts'
import { createRandom, type Random } from './random.ts'
import { median, quantile, residentMegabytes, significant, table } from './report.ts'
import { type Draw, type FacetDraw, type QueryClass, queryClasses } from './search-queries.ts'

interface Figures {
  readonly name: string
  readonly p50: number
  readonly p99: number
  readonly postgresP50: number
  readonly postgresP99: number
}

const COMPARED = 15
/** Requests at most, and milliseconds at most, per class. */
const ENGINE_RUN = { requests: 400, ms: 2_000 }
const POSTGRES_RUN = { requests: 100, ms: 4_000 }
const WARM_UP = { requests: 30, ms: 500 }

export async function benchSearch({ sizes, json }: BenchOptions): Promise<void> {
  const generator = createGenerator(sizes)
  const say = json ? () => {} : console.log
  await withDatabase(async ({ url, database }) => {
    say(`loading ${sizes.companies} companies and ${sizes.contacts} contacts …`)
    await loadRecords(database, generator)
    const before = residentMegabytes()
    const started = performance.now()
    const engine = openEmbeddedEngine({ databaseUrl: url, directory: null, log: quiet })
    await engine.ready()
    const buildSeconds = (performance.now() - started) / 1000
    const indexMegabytes = residentMegabytes() - before
    say(`index built in ${significant(buildSeconds)} s, ${indexMegabytes} MB; making PostgreSQL's tables and indexes …`)
    await preparePlainPostgres(database, generator)
    const connection = await database.connect()
    const results: Figures[] = []
    for (const [place, queryClass] of queryClasses(generator).entries()) {
      const asker = createAsker(queryClass, engine, generator)
      const onPostgres = (request: Request) => {
        if (request.kind === 'facet') return plainFacet(connection, request.facet)
        return request.kind === 'search'
          ? plainSearch(connection, request.query)
          : plainCount(connection, request.query.service, request.query.where)
      }
      const onEngine = (request: Request) => askEngine(engine, request)
      const random = createRandom(1000 + place)
      for (let count = 0; count < COMPARED; count++) {
        const request = await asker(random)
        deepStrictEqual(comparable(await onEngine(request)), comparable(await onPostgres(request)), queryClass.name)
      }
      await measure(WARM_UP, () => asker(random), onEngine)
      await measure(WARM_UP, () => asker(random), onPostgres)
      const own = await measure(ENGINE_RUN, () => asker(random), onEngine)
      const postgres = await measure(POSTGRES_RUN, () => asker(random), onPostgres)
      results.push({
        name: queryClass.name,
        p50: quantile(own, 0.5),
        p99: quantile(own, 0.99),
        postgresP50: quantile(postgres, 0.5),
        postgresP99: quantile(postgres, 0.99),
      })
    }
    connection.release()
    await engine.close()
    const medianRatio = median(results.map(ratio))
    if (json) return console.log(JSON.stringify({ sizes, buildSeconds, indexMegabytes, medianRatio, results }))
    console.log(
      table(
        ['milliseconds', 'p50', 'p99', 'PostgreSQL p50', 'p99', 'ratio of p50'],
        results.map(row => [
          row.name,
          ...[row.p50, row.p99, row.postgresP50, row.postgresP99].map(significant),
          `${significant(ratio(row))}×`,
        ]),
      ),
    )
    console.log(`median ratio: ${significant(medianRatio)}×`)
  })
}

const ratio = (row: Figures) => row.postgresP50 / row.p50

type Request =
  | { readonly kind: 'search' | 'count'; readonly query: Query }
  | { readonly kind: 'facet'; readonly facet: FacetRequest }

/** Draws requests of a class, parsed: parsing is measured with the HTTP interface. */
function createAsker(queryClass: QueryClass, engine: SearchEngine, generator: RecordGenerator) {
  return async (random: Random): Promise<Request> => {
    if (queryClass.kind === 'facet') return { kind: 'facet', facet: parseFacet(queryClass.draw(random)) }
    for (;;) {
      const draw = queryClass.draw(random)
      const cursor = draw.depth === undefined ? null : await cursorAt(draw, engine, generator, random)
      if (cursor?.includes('')) continue
      const query = parseQuery(draw.service, cursor === null ? draw.query : { ...draw.query, cursor })
      return { kind: queryClass.kind, query }
    }
  }
}

function parseFacet({ service, key, where, searchText }: FacetDraw): FacetRequest {
  return {
    service,
    field: resolveField(service, key)!,
    where: parseWhere(service, where),
    contains: fold(searchText),
    offset: 0,
    limit: 25,
  }
}

/** The cursor of the row at the wanted depth; [""] when there is none. "random": that of a random record. */
async function cursorAt(draw: Draw, engine: SearchEngine, generator: RecordGenerator, random: Random) {
  if (draw.depth === 'random') {
    const record = generator.record('contact', random.int(generator.sizes.contacts))
    return [fold(String(record.last_name ?? '')), record.uuid]
  }
  const query = parseQuery(draw.service, { ...draw.query, page: draw.depth! / 25 })
  return (await engine.search(query)).at(-1)?.cursor ?? ['']
}

async function askEngine(engine: SearchEngine, request: Request): Promise<unknown> {
  if (request.kind === 'facet') return await engine.facet(request.facet)
  if (request.kind === 'count') return await engine.count(request.query.service, request.query.where)
  return await engine.search(request.query)
}

/** Hits as uuids; facets without the uuid, which the comparison does not look for. */
function comparable(answer: unknown): unknown {
  if (!Array.isArray(answer)) return answer
  return answer.map(row =>
    typeof row === 'string' ? row : 'folded' in row ? { folded: row.folded, count: row.count } : row.uuid,
  )
}

/** Milliseconds of each request. */
async function measure(
  bounds: { requests: number; ms: number },
  draw: () => Promise<Request>,
  ask: (request: Request) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = []
  let total = 0
  while (times.length < bounds.requests && total < bounds.ms) {
    const request = await draw()
    const started = performance.now()
    await ask(request)
    const taken = performance.now() - started
    total += taken
    times.push(taken)
  }
  return times
}
