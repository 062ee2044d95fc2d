/** The requests of `bench http` and their goals. Each request is drawn at random, so that no cache of responses would help. */
import type { Service } from '../../src/fields.ts'
import type { Generator as RecordGenerator } from '../data/generate.ts'
import { createRandom, type Random } from '../data/random.ts'
import type { QueryClass } from '../queries/query-class.ts'
import { queryClasses } from '../queries/query-classes.ts'
import type { LoadRequest } from './client.ts'

export interface Workload {
  readonly name: string
  /** Median at one connection, in milliseconds. Null without a goal. */
  readonly goalP50: number | null
  /** Requests per second and p99 in milliseconds at 8 connections. */
  readonly goalRate: number | null
  readonly goalP99: number | null
  /** Number of requests of one measurement. */
  readonly requests: number
  readonly connections: readonly number[]
  draw(random: Random): LoadRequest
}

type Draw = (random: Random) => LoadRequest

const OWN_CONDITIONS = [
  'one keyword',
  'three keywords',
  'must_not',
  'date range',
  'match, every word',
  'phrase',
  'by string, frequent',
  'by number, frequent',
]
const COMPANY_CONDITIONS = [
  'company keyword',
  'company text',
  'company range',
  'company conditions, title',
  'by company name, frequent',
]
const CHEAP_COUNTS = ['count, one keyword', 'count, three keywords', 'count, phrase']
const COSTLY_COUNTS = ['fuzzy', 'substring of an e-mail', 'substring of a name', 'company text', 'count, company range']
const BATCH = 1000

const PATHS: Readonly<Record<Service, string>> = { company: '/companies', contact: '/contacts' }

export function httpWorkloads(generator: RecordGenerator): readonly Workload[] {
  const classes = new Map(queryClasses(generator).map(queryClass => [queryClass.name, queryClass]))
  const oneOf = (names: readonly string[], ask: (queryClass: QueryClass, random: Random) => LoadRequest): Draw => {
    const chosen = names.map(name => known(classes, name))
    return random => ask(random.pick(chosen), random)
  }
  const populated = (queryClass: QueryClass, random: Random) =>
    list(queryClass, random, { company_config: { populate: true } })
  const many = { requests: 3000, connections: [1, 8] }
  const batches = { goalRate: null, goalP99: null, requests: 30, connections: [1] }
  return [
    { name: 'list', goalP50: 2, goalRate: 1200, goalP99: 20, ...many, draw: oneOf(OWN_CONDITIONS, list) },
    {
      name: 'list, company conditions',
      goalP50: 3,
      goalRate: 600,
      goalP99: 20,
      ...many,
      draw: oneOf(COMPANY_CONDITIONS, list),
    },
    {
      name: 'list, populate',
      goalP50: null,
      goalRate: null,
      goalP99: null,
      ...many,
      draw: oneOf(OWN_CONDITIONS, populated),
    },
    {
      name: 'count: keyword, phrase',
      goalP50: 0.7,
      goalRate: 2500,
      goalP99: null,
      ...many,
      draw: oneOf(CHEAP_COUNTS, count),
    },
    {
      name: 'count: fuzzy, substring, join',
      goalP50: 2,
      goalRate: 800,
      goalP99: null,
      ...many,
      draw: oneOf(COSTLY_COUNTS, count),
    },
    {
      name: 'facet, filtered',
      goalP50: 3,
      goalRate: 700,
      goalP99: null,
      ...many,
      draw: oneOf(['facet, filtered'], facet),
    },
    { name: 'upsert of 1,000 new', goalP50: 150, ...batches, draw: newBatch(generator) },
    { name: 'upsert of 1,000 changed', goalP50: 150, ...batches, draw: changedBatch(generator) },
  ]
}

/** Draws the requests of one measurement. Each `seed` gives others. */
export function drawRequests({ requests, draw }: Workload, seed: number, count: number = requests): LoadRequest[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => draw(random))
}

function known(classes: ReadonlyMap<string, QueryClass>, name: string): QueryClass {
  const found = classes.get(name)
  if (found === undefined) throw new Error(`unknown class of queries ${JSON.stringify(name)}`)
  return found
}

function list(queryClass: QueryClass, random: Random, more: object = {}): LoadRequest {
  if (queryClass.kind === 'facet') throw new Error(`${queryClass.name} is not a list`)
  const { service, query } = queryClass.draw(random)
  return { path: `${PATHS[service]}/`, body: JSON.stringify({ ...query, ...more }) }
}

function count(queryClass: QueryClass, random: Random): LoadRequest {
  const { path, body } = list(queryClass, random)
  return { path: `${path}count`, body }
}

function facet(queryClass: QueryClass, random: Random): LoadRequest {
  if (queryClass.kind !== 'facet') throw new Error(`${queryClass.name} is not a facet`)
  const { service, key, where, searchText } = queryClass.draw(random)
  const body = { filter_key: key, where, ...(searchText === '' ? {} : { search_text: searchText }) }
  return { path: `/common/${service}/filters/data`, body: JSON.stringify(body) }
}

/** Each batch has a thousand contacts that are not stored yet. */
function newBatch({ sizes, write }: RecordGenerator): Draw {
  let next = sizes.contacts
  return () => {
    const from = next
    next += BATCH
    return batch(
      Array.from({ length: BATCH }, (_, place) => write('contact', from + place)),
      {},
    )
  }
}

/** Each batch has random stored contacts with a new title. */
function changedBatch({ sizes, write }: RecordGenerator): Draw {
  return random => {
    const chosen = new Set<number>()
    while (chosen.size < Math.min(BATCH, sizes.contacts)) chosen.add(random.int(sizes.contacts))
    return batch(
      Array.from(chosen, index => write('contact', index)),
      { title: `Chief Executive No. ${random.int(1e9)}` },
    )
  }
}

function batch(writes: readonly { uuid: string; values: object }[], changed: object): LoadRequest {
  const records = writes.map(({ uuid, values }) => ({ uuid, ...values, ...changed }))
  return { path: '/contacts/batch-upsert', body: JSON.stringify(records) }
}
