/**
 * The comparison of `bench search`: the same queries answered by PostgreSQL alone, from tables made for it. Values
 * are stored folded, words as tsvector (cut by our own text/, so that answers are equal), and every index that
 * PostgreSQL could use for one of the measured queries is there: B-tree for values and orders, GIN for words,
 * lists and trigrams.
 */
import { createHash } from 'node:crypto'
import type { Connection, Database } from '../src/database/pool.ts'
import { type Field, findField, type Service } from '../src/fields.ts'
import type { FacetRequest, IndexedRecord } from '../src/search/engine.ts'
import { allowedEdits, withinEdits } from '../src/text/distance.ts'
import { fold } from '../src/text/fold.ts'
import { words } from '../src/text/words.ts'
import type { Condition, Leaf, Query } from '../src/vql/query.ts'
import { copyCell, copyLines } from './bench-database.ts'
import type { Generator as RecordGenerator } from './generate.ts'

const TABLE: Record<Service, string> = { company: 'plain_companies', contact: 'plain_contacts' }

/** What the measured queries touch; anything more would only slow PostgreSQL down. */
const COLUMNS: Record<Service, readonly string[]> = {
  company: ['name', 'employees_count', 'annual_revenue', 'industries', 'keywords', 'city', 'country', 'created_at'],
  contact: [
    'company_id',
    'first_name',
    'last_name',
    'email',
    'title',
    'departments',
    'email_status',
    'seniority',
    'city',
    'state',
    'country',
    'created_at',
  ],
}

/** Fields whose words are searched. */
const WORD_FIELDS: Record<Service, readonly string[]> = {
  company: ['name', 'keywords'],
  contact: ['first_name', 'last_name', 'title'],
}

const INDEXES = [
  'plain_companies USING gin (name_words)',
  'plain_companies USING gin (keywords_words)',
  'plain_companies USING gin (name_text gin_trgm_ops)',
  'plain_companies USING gin (industries)',
  'plain_companies USING gin (keywords)',
  'plain_companies (country)',
  'plain_companies (city)',
  'plain_companies (employees_count, uuid)',
  'plain_companies (employees_count DESC NULLS LAST, uuid)',
  'plain_companies (annual_revenue)',
  'plain_companies (created_at)',
  'plain_companies (name, uuid)',
  'plain_contacts USING gin (title_words)',
  'plain_contacts USING gin (first_name_words)',
  'plain_contacts USING gin (last_name_words)',
  'plain_contacts USING gin (title_text gin_trgm_ops)',
  'plain_contacts USING gin (email gin_trgm_ops)',
  'plain_contacts USING gin (departments)',
  'plain_contacts (company_id, uuid)',
  'plain_contacts (email)',
  'plain_contacts (title)',
  'plain_contacts (email_status)',
  'plain_contacts (seniority, uuid)',
  'plain_contacts (city, uuid)',
  'plain_contacts (state)',
  'plain_contacts (country, uuid)',
  'plain_contacts (country, last_name, uuid)',
  'plain_contacts (created_at, uuid)',
  'plain_contacts (created_at DESC NULLS LAST, uuid)',
  'plain_contacts (last_name, uuid)',
  'plain_contacts (last_name, first_name, uuid)',
]

function isNumber(field: Field): boolean {
  return field.kind === 'integer' || field.kind === 'date'
}

function columnType(field: Field): string {
  if (isNumber(field)) return 'bigint'
  if (field.kind === 'uuid') return 'uuid'
  return field.kind === 'list' ? 'text[]' : 'text COLLATE "C"'
}

/** Fills the tables and makes the indexes. */
export async function preparePlainPostgres(database: Database, generator: RecordGenerator): Promise<void> {
  await database.query('CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS fuzzystrmatch')
  const sizes = { company: generator.sizes.companies, contact: generator.sizes.contacts }
  for (const service of ['company', 'contact'] as const) {
    const columns = [
      'uuid uuid PRIMARY KEY',
      ...COLUMNS[service].map(name => `${name} ${columnType(findField(service, name)!)}`),
      ...WORD_FIELDS[service].map(name => `${name}_words tsvector`),
      ...WORD_FIELDS[service].map(name => `${name}_text text COLLATE "C"`),
    ]
    await database.query(`CREATE TABLE ${TABLE[service]} (${columns.join(', ')})`)
    await copyLines(database, TABLE[service], plainLines(generator, service, sizes[service]))
  }
  for (const index of INDEXES) await database.query(`CREATE INDEX ON ${index}`)
  for (const service of ['company', 'contact'] as const)
    for (const name of WORD_FIELDS[service]) {
      const vocabulary = `${TABLE[service]}_${name}_vocabulary`
      await database.query(
        `CREATE TABLE ${vocabulary} AS SELECT word FROM ts_stat('SELECT ${name}_words FROM ${TABLE[service]}')`,
      )
      await database.query(`CREATE INDEX ON ${vocabulary} (word)`)
    }
  await database.query('VACUUM ANALYZE')
}

function* plainLines(generator: RecordGenerator, service: Service, count: number) {
  for (let index = 0; index < count; index++) {
    const record = generator.record(service, index)
    const cells = [
      record.uuid,
      ...COLUMNS[service].map(name => plainValue(record, findField(service, name)!)),
      ...WORD_FIELDS[service].map(name => wordVector(record[name])),
      ...WORD_FIELDS[service].map(name => items(record[name]).flatMap(words).join(' ')),
    ]
    yield `${cells.map(copyCell).join('\t')}\n`
  }
}

function items(value: IndexedRecord[string] | undefined): readonly string[] {
  if (value === null || value === undefined) return []
  return Array.isArray(value) ? value : [String(value)]
}

function plainValue(record: IndexedRecord, field: Field): unknown {
  const value = record[field.name]
  if (typeof value === 'string' && field.kind !== 'uuid') return fold(value)
  return Array.isArray(value) ? value.map(fold) : value
}

/** A tsvector of the words with their positions; between the items of a list lies a gap that no phrase spans. */
function wordVector(value: IndexedRecord[string] | undefined): string {
  let position = 0
  const entries: string[] = []
  for (const item of items(value)) {
    for (const word of words(item)) entries.push(`${quote(word)}:${++position}`)
    position += 100
  }
  return entries.join(' ')
}

const quote = (word: string) => `'${word.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`

interface Statement {
  readonly values: unknown[]
  bind(value: unknown, type: string): string
}

function createStatement(): Statement {
  const values: unknown[] = []
  return { values, bind: (value, type) => `$${values.push(value)}::${type}` }
}

async function run<Row extends object>(connection: Connection, text: string, values: unknown[]): Promise<Row[]> {
  const name = createHash('md5').update(text).digest('hex')
  return (await connection.query<Row>({ name, text, values })).rows
}

/** The uuids of the query's page. */
export async function plainSearch(connection: Connection, query: Query): Promise<string[]> {
  const statement = createStatement()
  const where = await compile(connection, query.service, query.where, statement)
  const table = TABLE[query.service]
  const ofCompany = query.orderBy.some(order => order.field.service !== query.service)
  const from = ofCompany ? `${table} AS t LEFT JOIN plain_companies AS c ON c.uuid = t.company_id` : `${table} AS t`
  const keys = query.orderBy.map(order => ({
    column: `${order.field.service === query.service ? 't' : 'c'}.${order.field.name}`,
    descending: order.descending,
    type: isNumber(order.field) ? 'bigint' : 'text',
  }))
  const order = [...keys.map(key => `${key.column} ${key.descending ? 'DESC' : 'ASC'} NULLS LAST`), 't.uuid'].join(', ')
  const limit = statement.bind(query.limit, 'bigint')
  const page = (condition: string) =>
    `SELECT t.uuid${keys.map((key, place) => `, ${key.column} AS k${place}`).join('')} FROM ${from} WHERE ${where} AND ${condition} ORDER BY ${order} LIMIT ${limit}`
  const cursor = query.cursor
  if (cursor === null) {
    const offset = statement.bind((query.page - 1) * query.limit, 'bigint')
    return uuids(await run<{ uuid: string }>(connection, `${page('true')} OFFSET ${offset}`, statement.values))
  }
  const after = statement.bind(cursor.uuid, 'uuid')
  const key = keys[0]
  if (key === undefined)
    return uuids(await run<{ uuid: string }>(connection, page(`t.uuid > ${after}`), statement.values))
  const value = cursor.values[0]
  if (keys.length > 1 || key.descending || value === null)
    throw new Error('the comparison pages by the uuid or by one ascending field that has a value')
  // Two branches: a condition with OR would not be found in the index.
  const text = `SELECT uuid FROM (
    (${page(`(${key.column}, t.uuid) > (${statement.bind(value, key.type)}, ${after})`)})
    UNION ALL
    (${page(`${key.column} IS NULL`)})
  ) AS pages ORDER BY k0 NULLS LAST, uuid LIMIT ${limit}`
  return uuids(await run<{ uuid: string }>(connection, text, statement.values))
}

const uuids = (rows: readonly { uuid: string }[]) => rows.map(row => row.uuid)

export async function plainCount(connection: Connection, service: Service, condition: Condition): Promise<number> {
  const statement = createStatement()
  const where = await compile(connection, service, condition, statement)
  const text = `SELECT count(*) AS count FROM ${TABLE[service]} AS t WHERE ${where}`
  return (await run<{ count: number }>(connection, text, statement.values))[0]!.count
}

export interface PlainFacet {
  readonly folded: string
  readonly count: number
}

export async function plainFacet(connection: Connection, request: FacetRequest): Promise<PlainFacet[]> {
  const statement = createStatement()
  const where = await compile(connection, request.service, request.where, statement)
  const { name, kind } = request.field
  const source = kind === 'list' ? `(SELECT unnest(t.${name}) AS value, t.* FROM ${TABLE[request.service]} AS t)` : null
  const value = source ? 't.value' : `t.${name}`
  const contains =
    request.contains === '' ? 'true' : `${value} LIKE ${statement.bind(likePattern(request.contains), 'text')}`
  const text = `SELECT ${value} AS folded, count(*) AS count FROM ${source ?? TABLE[request.service]} AS t
    WHERE ${where} AND ${value} IS NOT NULL AND ${contains} GROUP BY 1 ORDER BY 2 DESC, 1
    LIMIT ${statement.bind(request.limit, 'bigint')} OFFSET ${statement.bind(request.offset, 'bigint')}`
  return await run<PlainFacet>(connection, text, statement.values)
}

const likePattern = (part: string) => `%${part.replace(/[\\%_]/g, found => `\\${found}`)}%`

async function compile(
  connection: Connection,
  service: Service,
  condition: Condition,
  statement: Statement,
  alias = 't',
): Promise<string> {
  switch (condition.type) {
    case 'all':
      return 'true'
    case 'none':
      return 'false'
    case 'not':
      return `(${await compile(connection, service, condition.of, statement, alias)}) IS NOT TRUE`
    case 'and':
    case 'or': {
      const parts: string[] = []
      for (const part of condition.of) parts.push(await compile(connection, service, part, statement, alias))
      return `(${parts.join(condition.type === 'and' ? ' AND ' : ' OR ')})`
    }
    default:
      if (condition.field.service === service) return await compileLeaf(connection, condition, statement, alias)
      return `${alias}.company_id IN (SELECT o.uuid FROM plain_companies AS o WHERE ${await compileLeaf(connection, condition, statement, 'o')})`
  }
}

async function compileLeaf(connection: Connection, leaf: Leaf, statement: Statement, alias: string): Promise<string> {
  const { name, kind, service } = leaf.field
  const column = `${alias}.${name}`
  switch (leaf.type) {
    case 'exists':
      return `${column} IS NOT NULL`
    case 'terms': {
      if (kind === 'list') return `${column} && ${statement.bind(leaf.values, 'text[]')}`
      if (leaf.values.length === 1)
        return `${column} = ${statement.bind(leaf.values[0], kind === 'uuid' ? 'uuid' : 'text')}`
      return `${column} = ANY(${statement.bind(leaf.values, kind === 'uuid' ? 'uuid[]' : 'text[]')})`
    }
    case 'range': {
      const ends = leaf.ranges.map(({ from, to }) =>
        [
          Number.isFinite(from) ? `${column} >= ${statement.bind(from, 'bigint')}` : 'true',
          Number.isFinite(to) ? `${column} <= ${statement.bind(to, 'bigint')}` : 'true',
        ].join(' AND '),
      )
      return `${column} IS NOT NULL AND (${ends.join(' OR ')})`
    }
    case 'match': {
      const alternatives = leaf.fuzzy
        ? await Promise.all(leaf.words.map(word => similarWords(connection, service, name, word)))
        : leaf.words.map(word => [word])
      const parts = alternatives.map(list => (list.length === 0 ? "''" : `(${list.map(quote).join(' | ')})`))
      return `${column}_words @@ ${statement.bind(parts.join(leaf.operator === 'and' ? ' & ' : ' | '), 'tsquery')}`
    }
    case 'phrase':
      return `${column}_words @@ ${statement.bind(phraseQuery(leaf.words, leaf.slop, leaf.prefix), 'tsquery')}`
    case 'substring': {
      const text = kind === 'text' ? `${column}_text` : column
      return leaf.parts.map(part => `${text} LIKE ${statement.bind(likePattern(part), 'text')}`).join(' AND ')
    }
  }
}

/** PostgreSQL's phrase operator takes one exact distance: the slop of a phrase of two words is an alternative each. */
function phraseQuery(list: readonly string[], slop: number, prefix: boolean): string {
  const parts = list.map((word, place) => (prefix && place === list.length - 1 ? `${quote(word)}:*` : quote(word)))
  if (slop === 0 || parts.length === 1) return parts.join(' <-> ')
  if (parts.length > 2) throw new Error('the comparison knows slop between two words only')
  return Array.from({ length: slop + 1 }, (_, gap) => `${parts[0]} <${gap + 1}> ${parts[1]}`).join(' | ')
}

/**
 * Words of the vocabulary within the allowed edits. PostgreSQL has Levenshtein's distance, without transpositions:
 * it looks for the word and for its transpositions, and what it finds too much is dropped here.
 */
async function similarWords(connection: Connection, service: Service, field: string, word: string): Promise<string[]> {
  const edits = allowedEdits(word)
  if (edits === 0) return [word]
  const letters = [...word]
  const swapped = letters.slice(1).map((letter, place) => {
    const other = [...letters]
    other[place + 1] = other[place]!
    other[place] = letter
    return other.join('')
  })
  const rows = await run<{ word: string }>(
    connection,
    `SELECT word FROM ${TABLE[service]}_${field}_vocabulary
     WHERE length(word) BETWEEN length($1::text) - $2::int AND length($1::text) + $2::int
       AND (levenshtein_less_equal(word, $1::text, $2::int) <= $2::int
         OR EXISTS (SELECT FROM unnest($3::text[]) AS other WHERE levenshtein_less_equal(word, other, $2::int - 1) <= $2::int - 1))`,
    [word, edits, swapped],
  )
  return rows.map(row => row.word).filter(found => withinEdits(found, word, edits))
}
