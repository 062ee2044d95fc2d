/** Asks the cluster what queries compile to. */
import { ConnectraError } from '../../errors.ts'
import type { Service } from '../../fields.ts'
import type { FacetRequest, SearchEngine } from '../engine.ts'
import { type Client, describeOutage, OpenSearchError } from './cluster/client.ts'
import { aliasOf } from './cluster/indexes.ts'
import type { Json } from './query/condition.ts'
import { collectValues, compileFirsts, compileValues, joinFirsts } from './query/facet.ts'
import {
  compileCount,
  compileExtent,
  compileOrdered,
  compileSearch,
  type RawHit,
  readHit,
  uuidOf,
} from './query/search.ts'

/** The questions of an engine, without its position and state. */
export type Asker = Pick<SearchEngine, 'search' | 'count' | 'scan' | 'facet' | 'extent'>

interface SearchReply<Aggregations = unknown> {
  readonly hits: { readonly total?: { readonly value: number }; readonly hits: readonly RawHit[] }
  readonly aggregations: Aggregations
  readonly pit_id?: string
}

interface Values {
  readonly values: {
    readonly after_key?: Json
    readonly buckets: readonly { readonly key: { readonly value: string }; readonly doc_count: number }[]
  }
}

interface MultiReply {
  readonly responses: readonly (SearchReply & {
    readonly error?: { readonly type?: string }
    readonly status?: number
  })[]
}

interface Extent {
  readonly min: { readonly value: number | null }
  readonly max: { readonly value: number | null }
}

/** Rows of a scan that are read at once. */
const PORTION = 5_000
/** How long the cluster keeps the moment of a scan between two portions. */
const KEPT_FOR = '5m'
/** The cluster ends a search after `timeoutMs`; its reply may take this much longer. Milliseconds. */
const REPLY_WITHIN = 2_000

export function openAsker(client: Client, prefix: string, timeoutMs: number): Asker {
  const options = `allow_partial_search_results=false&cancel_after_time_interval=${timeoutMs}ms`

  /** Throws ConnectraError. */
  async function ask<T>(path: string, body: object | string, signal?: AbortSignal, method = 'POST'): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        const timeout = { timeoutMs: timeoutMs + REPLY_WITHIN }
        return (await client.request<T>(method, path, { body, ...timeout, ...(signal && { signal }) })).body
      } catch (error) {
        // The alias has been switched while the search was starting.
        if (tries === 1 && isMissing(error)) continue
        throw translate(error, timeoutMs)
      }
    }
  }

  const search = async <A = unknown>(service: Service, body: object, signal?: AbortSignal) =>
    await ask<SearchReply<A>>(`/${aliasOf(prefix, service)}/_search?${options}`, body, signal)

  /** Runs `work` with the id of a moment of the index, from which every search returns the newest id. */
  async function* atOneMoment<T>(
    service: Service,
    signal: AbortSignal | undefined,
    work: (read: <A>(body: object) => Promise<SearchReply<A>>) => AsyncGenerator<T>,
  ): AsyncGenerator<T> {
    const path = `/${aliasOf(prefix, service)}/_search/point_in_time?keep_alive=${KEPT_FOR}`
    // Without the signal: the id is needed to close it again.
    let { pit_id: id } = await ask<{ pit_id: string }>(path, '')
    try {
      signal?.throwIfAborted()
      yield* work(async <A>(body: object) => {
        const pit = { id, keep_alive: KEPT_FOR }
        const reply = await ask<SearchReply<A>>(`/_search?${options}`, { ...body, pit }, signal)
        id = reply.pit_id ?? id
        return reply
      })
    } finally {
      await ask('/_search/point_in_time', { pit_id: [id] }, undefined, 'DELETE').catch(() => {})
    }
  }

  async function* readValues(request: FacetRequest, signal?: AbortSignal): AsyncGenerator<Values['values']['buckets']> {
    yield* atOneMoment(request.service, signal, async function* (read) {
      let after: Json | null = null
      do {
        const { aggregations }: SearchReply<Values> = await read<Values>(compileValues(request, after))
        yield aggregations.values.buckets
        after = aggregations.values.after_key ?? null
      } while (after !== null)
    })
  }

  async function readFirsts(service: Service, lines: string, signal?: AbortSignal): Promise<(string | null)[]> {
    const { responses } = await ask<MultiReply>(`/${aliasOf(prefix, service)}/_msearch`, lines, signal)
    return responses.map(({ error, status = 500, hits }) => {
      if (error !== undefined)
        throw translate(new OpenSearchError(status, error.type ?? 'error', JSON.stringify(error)), timeoutMs)
      const [hit] = hits.hits
      return hit === undefined ? null : uuidOf(hit)
    })
  }

  return {
    async search(query, signal) {
      const { hits } = await search(query.service, compileSearch(query), signal)
      return hits.hits.map(hit => readHit(query, hit))
    },
    async count(service, where, signal) {
      const { hits } = await search(service, compileCount(service, where), signal)
      return hits.total!.value
    },
    async *scan(query, signal) {
      yield* atOneMoment(query.service, signal, async function* (read) {
        let after: RawHit['sort'] | null = null
        for (let left = query.limit; left > 0; ) {
          const size = Math.min(PORTION, left)
          const { hits }: SearchReply = await read({ ...compileOrdered(query, after), size })
          if (hits.hits.length > 0) yield hits.hits.map(uuidOf)
          if (hits.hits.length < size) return
          left -= size
          after = hits.hits.at(-1)!.sort
        }
      })
    },
    async facet(request, signal) {
      const found = collectValues(request)
      const deadline = performance.now() + timeoutMs
      for await (const buckets of readValues(request, signal)) {
        if (performance.now() > deadline) throw tooSlow(timeoutMs)
        found.add(buckets.map(({ key, doc_count }) => ({ folded: key.value, count: doc_count })))
      }
      const values = found.page()
      if (values.length === 0) return []
      const firsts: (string | null)[] = []
      for (const lines of searchLines(compileFirsts(request, values)))
        firsts.push(...(await readFirsts(request.service, lines, signal)))
      return joinFirsts(request, values, firsts)
    },
    async extent(service, field, where, signal) {
      const { aggregations } = await search<Extent>(service, compileExtent(service, field, where), signal)
      const [min, max] = [aggregations.min.value, aggregations.max.value]
      return min === null || max === null ? null : { min, max }
    },
  }
}

/** Characters. A query of a megabyte would otherwise be repeated 200 times in one body, for each value of a page and its spelling. */
const MULTI_SEARCH_AT_MOST = 4 << 20

/** The bodies of multi-searches, one after the other. */
function* searchLines(bodies: readonly Json[]): Generator<string> {
  const header = JSON.stringify({ allow_partial_search_results: false })
  let lines = ''
  for (const body of bodies) {
    lines += `${header}\n${JSON.stringify(body)}\n`
    if (lines.length < MULTI_SEARCH_AT_MOST) continue
    yield lines
    lines = ''
  }
  if (lines !== '') yield lines
}

function isMissing(error: unknown): boolean {
  return error instanceof OpenSearchError && error.status === 404
}

function tooSlow(timeoutMs: number, cause?: unknown): ConnectraError {
  return new ConnectraError(
    'ERR_QUERY_TIMEOUT',
    `the query took longer than ${timeoutMs / 1000} s; use fewer or more specific conditions, or try again later`,
    { retryAfter: 1, cause },
  )
}

/** The error for the client of an error of the cluster. */
function translate(error: unknown, timeoutMs: number): unknown {
  // The message has the address of a node, which is for the log only.
  if (error instanceof ConnectraError && error.code === 'ERR_UNAVAILABLE')
    return new ConnectraError('ERR_UNAVAILABLE', `the search cluster ${describeOutage(error)}; try again shortly`, {
      ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }),
      cause: error,
    })
  if (!(error instanceof OpenSearchError)) return error
  const { status, type } = error
  if (/too_many_(?:nested_)?clauses/.test(type) || /max_?clause_?count/i.test(error.message))
    return new ConnectraError(
      'ERR_QUERY_TOO_COMPLEX',
      'the query has more conditions and words than the search cluster allows; use fewer',
      {
        cause: error,
      },
    )
  if (/Determinizing automaton|input automaton is too large/.test(error.message))
    return new ConnectraError(
      'ERR_QUERY_TOO_COMPLEX',
      'a text to search for within values is too long for the search cluster; shorten it',
      {
        cause: error,
      },
    )
  if (/task_cancelled|timeout/.test(type)) return tooSlow(timeoutMs, error)
  if (status === 401 || status === 403)
    return new ConnectraError('ERR_UNAVAILABLE', 'the search cluster refuses the credentials of this server', {
      retryAfter: 60,
      cause: error,
    })
  if (status === 404)
    return new ConnectraError('ERR_UNAVAILABLE', 'the search index is being built; try again shortly', {
      retryAfter: 1,
      cause: error,
    })
  if (status === 429)
    return new ConnectraError('ERR_UNAVAILABLE', 'the search cluster is overloaded; try again shortly', {
      retryAfter: 1,
      cause: error,
    })
  if (status >= 500)
    return new ConnectraError('ERR_UNAVAILABLE', `the search cluster cannot answer (${type}); try again shortly`, {
      retryAfter: 5,
      cause: error,
    })
  return error
}
