/**
 * The tables of the comparison in `bench search`. Values are stored folded and words as tsvector, split by src/text so that answers are
 * equal. There is an index for every measured query that can use one: B-tree for values and orders, GIN for words, lists and trigrams.
 */
import type { Database } from '../../src/database/pool.ts'
import { type Field, findField, SERVICES, type Service } from '../../src/fields.ts'
import type { IndexedRecord } from '../../src/search/engine.ts'
import { fold } from '../../src/text/fold.ts'
import { words } from '../../src/text/words.ts'
import type { Generator as RecordGenerator } from '../data/generate.ts'
import { copyCell, copyLines } from '../data/load-records.ts'

export const TABLE: Record<Service, string> = { company: 'plain_companies', contact: 'plain_contacts' }

/** The columns that the measured queries use. More columns would only slow PostgreSQL down. */
const COLUMNS: Record<Service, readonly string[]> = {
  company: [
    'name',
    'employees_count',
    'annual_revenue',
    'industries',
    'keywords',
    'technologies',
    'city',
    'country',
    'normalized_domain',
    'created_at',
  ],
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

/** Fields that are searched by words. */
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
  'plain_companies USING gin (technologies)',
  'plain_companies USING gin (normalized_domain gin_trgm_ops)',
  'plain_companies (normalized_domain)',
  'plain_companies (country, uuid)',
  'plain_companies (country, name, uuid)',
  'plain_companies (country, employees_count DESC NULLS LAST, uuid)',
  'plain_companies (country, annual_revenue DESC NULLS LAST, uuid)',
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
  'plain_contacts (country, last_name, first_name, uuid)',
  'plain_contacts (country, seniority, created_at DESC NULLS LAST, uuid)',
  'plain_contacts (seniority, last_name, uuid)',
  'plain_contacts (seniority, created_at DESC NULLS LAST, uuid)',
  'plain_contacts (created_at, uuid)',
  'plain_contacts (created_at DESC NULLS LAST, uuid)',
  'plain_contacts (last_name, uuid)',
  'plain_contacts (last_name, first_name, uuid)',
]

export function isNumber(field: Field): boolean {
  return field.kind === 'integer' || field.kind === 'date'
}

function columnType(field: Field): string {
  if (isNumber(field)) return 'bigint'
  if (field.kind === 'uuid') return 'uuid'
  return field.kind === 'list' ? 'text[]' : 'text COLLATE "C"'
}

/** Creates and fills the tables, then creates the indexes. */
export async function preparePlainPostgres(database: Database, generator: RecordGenerator): Promise<void> {
  await database.query('CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS fuzzystrmatch')
  const sizes = { company: generator.sizes.companies, contact: generator.sizes.contacts }
  for (const service of SERVICES) {
    await createTable(database, service)
    await copyLines(database, TABLE[service], plainLines(generator, service, sizes[service]))
  }
  for (const index of INDEXES) await database.query(`CREATE INDEX ON ${index}`)
  for (const service of SERVICES)
    for (const name of WORD_FIELDS[service]) await createVocabulary(database, TABLE[service], name)
  await database.query('VACUUM ANALYZE')
}

async function createTable(database: Database, service: Service): Promise<void> {
  const columns = [
    'uuid uuid PRIMARY KEY',
    ...COLUMNS[service].map(name => `${name} ${columnType(findField(service, name)!)}`),
    ...WORD_FIELDS[service].map(name => `${name}_words tsvector`),
    ...WORD_FIELDS[service].map(name => `${name}_text text COLLATE "C"`),
  ]
  await database.query(`CREATE TABLE ${TABLE[service]} (${columns.join(', ')})`)
}

/** The distinct words of a field, for searches with typing errors. */
async function createVocabulary(database: Database, table: string, field: string): Promise<void> {
  const vocabulary = `${table}_${field}_vocabulary`
  await database.query(`CREATE TABLE ${vocabulary} AS SELECT word FROM ts_stat('SELECT ${field}_words FROM ${table}')`)
  await database.query(`CREATE INDEX ON ${vocabulary} (word)`)
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

/** A tsvector of the words with their positions. A gap between the items of a list keeps phrases from spanning them. */
function wordVector(value: IndexedRecord[string] | undefined): string {
  let position = 0
  const entries: string[] = []
  for (const item of items(value)) {
    for (const word of words(item)) entries.push(`${quote(word)}:${++position}`)
    position += 100
  }
  return entries.join(' ')
}

export const quote = (word: string) => `'${word.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`
