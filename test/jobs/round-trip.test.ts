/** A record exported with its uuid is imported as the same record, whatever its values. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { FIELDS, type Field, MAX_LIST_BYTES, MAX_LIST_ITEMS, type Service } from '../../src/fields.ts'
import { parseRecords } from '../../src/records/parse/parse-record.ts'
import { upsert } from '../../src/records/write/upsert.ts'
import { anyText } from '../helpers/any-text.ts'
import { NAUGHTY_STRINGS } from '../helpers/naughty.ts'
import { rounds } from '../helpers/rounds.ts'
import { openFiles } from './files.ts'

const [full, empty] = [await openFiles(), await openFiles()]
const TABLES = { company: 'companies', contact: 'contacts' } as const
type Sent = { readonly uuid: string; readonly [field: string]: unknown }

function columnsOf(service: Service): readonly string[] {
  return FIELDS[service].filter(field => field.settable || field.name === 'uuid').map(field => field.name)
}

/** Cleans and stores what a client might send, without the fields that are refused. */
async function store(service: Service, records: readonly Sent[]): Promise<void> {
  const { writes, rejected } = parseRecords(service, records)
  assert.deepEqual(rejected, [])
  const known = writes.filter(write => write !== null)
  await upsert(full.database, {
    companies: service === 'company' ? known : [],
    contacts: service === 'contact' ? known : [],
  })
}

/**
 * Exports these records and imports the file into a database without them. Afterwards both databases have equal
 * records.
 */
async function assertRoundTrip(service: Service, uuids: readonly string[], columns: readonly string[]): Promise<void> {
  const vql = { where: { keyword_match: { must: { uuid: uuids } } }, select_columns: columns }
  const exported = await full.run('export_csv_file', { service, vql })
  const content = await full.read(exported.response.s3Key)
  const imported = await empty.importText(content, { service })
  assert.deepEqual([imported.status, imported.progress.rowsRejected], ['completed', 0], content)
  assert.deepEqual(imported.response.details?.warnings, [], content)
  const rows = `SELECT ${columns.join(', ')} FROM ${TABLES[service]} WHERE uuid IN ('${uuids.join("','")}') ORDER BY uuid`
  assert.deepEqual(await empty.rows(rows), await full.rows(rows), content)
}

const odd = fc.string({
  unit: fc.constantFrom(...'\'=+-@"\\,;|[]:.()!# 10aéß日İΣ\u2028\u00a0\u200d\t\r\n'.split(''), ' ::: ', '😀', 'null'),
  minLength: 1,
  maxLength: 10,
})
const text = fc
  .oneof(
    odd,
    anyText({ minLength: 1, maxLength: 12 }),
    fc.constantFrom(
      ...NAUGHTY_STRINGS.filter(one => one !== ''),
      '"',
      '""',
      "'",
      "''=1",
      '["a"]',
      '[]',
      '\\.',
      'Grand Totals (5 records)',
    ),
    fc.integer({ min: 200, max: 600 }).map(length => '",\''.repeat(length)),
  )
  .map(raw => raw.toWellFormed())
const email = fc
  .tuple(odd, fc.constantFrom('x.example', 'bücher.example', 'x-1.example'))
  .map(([local, domain]) => `${local.replace(/[\s@]/gu, '')}a@${domain}`)
const phone = fc.oneof(
  fc.constantFrom('+14155550100', '(415) 555-0100', '415 555 0100 ext. 5', '030 901820', '+49 30 901820', '=1', '0'),
  fc.string({ unit: fc.constantFrom(...'+0123456789 ().-x'.split('')), minLength: 1, maxLength: 14 }),
)
const country = fc.oneof(fc.constantFrom('Germany', 'United States', 'de', 'France'), text)
const website = fc.oneof(fc.constantFrom('https://www.acme.example/a?b=c,d', 'shop.acme.co.uk', 'http://[::1]/'), text)

function sentOf(field: Field): fc.Arbitrary<unknown> {
  if (field.kind === 'list') return fc.array(text, { maxLength: 4 })
  if (field.kind === 'integer') return fc.nat({ max: Number.MAX_SAFE_INTEGER })
  if (field.name === 'country') return country
  if (field.name === 'website' || field.format === 'domain') return website
  return { email, phone }[field.format as string] ?? text
}

function recordOf(service: Service): fc.Arbitrary<Sent> {
  const settable = FIELDS[service].filter(field => field.settable && field.kind !== 'uuid')
  const values = fc.record(Object.fromEntries(settable.map(field => [field.name, sentOf(field)])), {
    requiredKeys: [],
  })
  const company = fc.option(fc.uuid(), { nil: undefined })
  return fc.tuple(values, company).map(([sent, company_id]) => ({
    ...sent,
    ...(service === 'contact' && company_id ? { company_id } : {}),
    uuid: '',
  }))
}

for (const service of ['company', 'contact'] as const) {
  const columns = columnsOf(service)

  test(`random records of the service ${service} are imported as they were exported`, async () => {
    const records = fc.array(recordOf(service), { minLength: 1, maxLength: 60 })
    const order = fc.shuffledSubarray([...columns], { minLength: columns.length })
    // The country may have been stored after the phones, which are not read again with it.
    const later = fc.option(country, { nil: undefined })
    await fc.assert(
      fc.asyncProperty(records, order, later, async (sent, order, later) => {
        const named = sent.map(record => ({ ...record, uuid: randomUUID() }))
        await store(service, named)
        if (later !== undefined) await store(service, [{ uuid: named[0]!.uuid, country: later }])
        const uuids = named.map(record => record.uuid)
        await assertRoundTrip(service, uuids, order)
      }),
      { numRuns: rounds(5, 25), interruptAfterTimeLimit: 60_000 },
    )
  })

  test(`naughty strings in every field of the service ${service} are imported as they were exported`, async () => {
    const fields = FIELDS[service].filter(
      field => field.settable && (field.kind === 'text' || field.kind === 'keyword'),
    )
    const lists = FIELDS[service].filter(field => field.kind === 'list')
    const records = NAUGHTY_STRINGS.map(raw => {
      const naughty = raw.toWellFormed()
      const plain = fields.filter(field => field.format === null).map(field => [field.name, naughty])
      const several = lists.map((field, place) => [field.name, [naughty, 'x'].slice(0, 1 + (place % 2))])
      return { uuid: randomUUID(), ...Object.fromEntries([...plain, ...several]) }
    })
    await store(service, records)
    const uuids = records.map(record => record.uuid)
    await assertRoundTrip(service, uuids, columns)
  })
}

test('the longest values are imported as they were exported', async () => {
  const long = (bytes: number) => `"${"',é".repeat(bytes)}`.slice(0, bytes / 2)
  const item = 'x'.repeat(MAX_LIST_BYTES / MAX_LIST_ITEMS - '999, '.length)
  const longestList = Array.from({ length: MAX_LIST_ITEMS }, (_, place) => `${place}, ${item}`)
  const settable = FIELDS.company.filter(field => field.settable)
  const values = settable.flatMap(({ name, kind, format, maxBytes }): [string, unknown][] => {
    if (kind === 'list') return [[name, longestList]]
    if (kind === 'integer') return [[name, Number.MAX_SAFE_INTEGER]]
    return format === null ? [[name, long(maxBytes)]] : []
  })
  const uuid = randomUUID()
  await store('company', [{ uuid, ...Object.fromEntries(values) }])
  await assertRoundTrip('company', [uuid], columnsOf('company'))
})
