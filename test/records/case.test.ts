import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { keepsSpellingSql, lowerSql } from '../../src/records/case-sql.ts'
import { parseRecords } from '../../src/records/parse/parse-record.ts'
import type { RecordWrite } from '../../src/records/record.ts'
import { keepsSpelling } from '../../src/records/values/case.ts'
import { cleanText, lowerCase } from '../../src/records/values/clean.ts'
import { compareRecords } from '../../src/records/write/compare.ts'
import { createLines } from '../../src/records/write/stage.ts'
import { createStage } from '../../src/records/write/stage-batch.ts'
import { openTrialMerge } from '../../src/records/write/trial-merge.ts'
import { upsert } from '../../src/records/write/upsert.ts'
import { hasBothCases, haveBothCases } from '../../src/text/case.ts'
import { fold } from '../../src/text/fold.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { fetchPage } from '../helpers/fetch-page.ts'
import { fetchRecords } from '../helpers/fetch-records.ts'

const { pool } = await createTestDatabase()

function contacts(...records: object[]): RecordWrite[] {
  const { writes, rejected } = parseRecords('contact', records)
  assert.deepEqual(rejected, [])
  return writes as RecordWrite[]
}

async function send(...records: object[]) {
  return (await upsert(pool, { companies: [], contacts: contacts(...records) })).contacts
}

async function read(uuid: string) {
  return (await fetchRecords(pool, 'contact', [uuid], null)).get(uuid)!
}

function inBytes(text: string): boolean {
  return haveBothCases(Buffer.from(`Aa${text}Aa`), 2, 2 + Buffer.byteLength(text))
}

test('a spelling has both cases if it has a capital and a small letter', () => {
  for (const text of ['John', 'McAllen', 'Łódź', 'İzmir', 'Αθήνα', 'Москва', 'ǅ', 'Gießen', 'iPhone'])
    assert.ok(hasBothCases(text) && inBytes(text), text)
  for (const text of ['john', 'JOHN', 'łódź', 'ŁÓDŹ', 'GIEßEN', 'gießen', '東京', 'تهران', '1ª', '', '-'])
    assert.ok(!hasBothCases(text) && !inBytes(text), text)
})

test('only a spelling with both cases replaces one without', () => {
  const cases: [stored: string, incoming: string, keeps: boolean][] = [
    ['john', 'John', false],
    ['JOHN', 'John', false],
    ['GIEßEN', 'Gießen', false],
    ['John', 'JOHN', true],
    ['John', 'john', true],
    ['John', 'JoHn', true],
    ['john', 'JOHN', true],
    ['JOHN', 'john', true],
    ['john', 'jon', false],
    ['jose', 'José', false],
  ]
  for (const [stored, incoming, keeps] of cases)
    assert.equal(keepsSpelling(stored, incoming), keeps, `${stored} ${incoming}`)
})

test('PostgreSQL applies the same rules as this process, to letters of every script', async () => {
  const letters = [...allLetters()].filter(letter => !YOUNG.test(letter + letter.toLowerCase() + letter.toUpperCase()))
  // Every cased letter alone and after others, so that a final sigma and the letters around a mark are covered.
  const texts = letters
    .flatMap(letter => [letter, `aÀ${letter}`, `${letter}\u0331x`])
    .map(text => text.normalize('NFC'))
  const { rows } = await pool.query<{ text: string; lower: string; kept: boolean; both: boolean }>(
    `SELECT text, ${lowerSql('text')} AS lower, ${keepsSpellingSql('text', 'lower_text')} AS kept FROM
       (SELECT text, ${lowerSql('text')} AS lower_text FROM unnest($1::text[]) text) AS texts`,
    [texts],
  )
  const wrong = rows.filter(row => row.lower !== lowerCase(row.text) || row.kept !== keepsSpelling(row.text, row.lower))
  assert.deepEqual(wrong.slice(0, 5), [])
  const others = texts.map((text, place) => texts[(place * 7919) % texts.length]!.toUpperCase() + text.toLowerCase())
  const pairs = await pool.query<{ kept: boolean }>(
    `SELECT ${keepsSpellingSql('a', 'b')} AS kept FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS pairs(a, b, place) ORDER BY place`,
    [others, others.map(text => text.toUpperCase())],
  )
  const unequal = others.filter((text, place) => pairs.rows[place]!.kept !== keepsSpelling(text, text.toUpperCase()))
  assert.deepEqual(unequal.slice(0, 5), [])
})

/** Rare letters that are younger than the ICU of the embedded PostgreSQL. */
const YOUNG = /[\u1c89\u1c8a\u2c2f\u2c5f\ua7b8-\ua7ff\u{10570}-\u{105bf}\u{10d50}-\u{10d85}\u{16e40}-\u{16ebf}]/u

/** Every letter whose lower or upper case is another one. */
function* allLetters(): Generator<string> {
  for (let code = 0; code < 0x20000; code++) {
    const letter = String.fromCodePoint(code)
    if (letter.isWellFormed() && (letter.toLowerCase() !== letter || letter.toUpperCase() !== letter)) yield letter
  }
}

test('the folded value of a text is that of its lower case, so that rows stored in lower case are found as before', () => {
  for (const letter of allLetters())
    for (const text of [letter, `aÀ${letter}`, `${letter}\u0331x`])
      assert.equal(fold(lowerCase(cleanText(text)!)), fold(cleanText(text)!), text)
})

test('names and places are stored as written, cleaned, and read in lower case on request', async () => {
  const uuid = randomUUID()
  await send({
    uuid,
    first_name: ' Jo\u0308rg ',
    last_name: 'MÜLLER',
    city: 'San  Francisco',
    email: 'Jo@Acme.com',
    title: 'CEO',
  })
  const stored = await read(uuid)
  assert.deepEqual(
    [stored.first_name, stored.last_name, stored.city, stored.email, stored.title],
    ['Jörg', 'MÜLLER', 'San Francisco', 'jo@acme.com', 'CEO'],
  )
  const selection = {
    service: 'contact',
    select: ['first_name', 'last_name', 'city', 'title'],
    populate: null,
  } as const
  const [row] = await fetchPage(pool, { ...selection, case: 'lower' }, [uuid])
  assert.equal(row, '{"first_name":"jörg","last_name":"müller","city":"san francisco","title":"CEO"}')
})

test('a change of case alone is no change, except from a spelling without both cases to one with both', async () => {
  const uuid = randomUUID()
  await send({ uuid, first_name: 'JOHN', city: 'paris' })
  const before = await read(uuid)
  for (const same of ['john', 'JOHN', 'john ']) {
    assert.deepEqual(await send({ uuid, first_name: same, city: 'PARIS' }), { ...NONE, unchanged: 1 })
    assert.deepEqual(await read(uuid), before)
  }
  assert.equal((await send({ uuid, first_name: 'John' })).updated, 1)
  const after = await read(uuid)
  assert.ok(String(after.updated_at) > String(before.updated_at))
  assert.deepEqual([after.first_name, after.city], ['John', 'paris'])
  for (const same of ['john', 'JOHN', 'JoHN']) assert.equal((await send({ uuid, first_name: same })).unchanged, 1)
  assert.deepEqual(await read(uuid), after)
  assert.equal((await send({ uuid, first_name: 'JON' })).updated, 1)
  assert.equal((await read(uuid)).first_name, 'JON')
})

const NONE = { created: 0, updated: 0, unchanged: 0, furtherUpdates: 0, written: '{}' }

test('a batch, a dry run and a comparison decide as if the records were sent one by one', async () => {
  const spelling = fc.constantFrom('john', 'John', 'JOHN', 'JoHn', 'jane', 'Jane', null, undefined)
  const record = fc.record({ first_name: spelling, city: spelling })
  const trial = await openTrialMerge(pool)
  await fc.assert(
    fc.asyncProperty(record, fc.array(record, { minLength: 1, maxLength: 4 }), async (first, rest) => {
      const [one, whole] = [randomUUID(), randomUUID()]
      await send({ uuid: one, ...first }, { uuid: whole, ...first })
      const before = await read(whole)
      let changed = false
      for (const next of rest) changed = (await send({ uuid: one, ...next })).updated === 1 || changed
      const writes = contacts(...rest.map(next => ({ uuid: whole, ...next })))
      const effect = (await compareRecords(pool, 'contact', writes)).get(whole)
      const dry = (await trial.merge(stageOf(writes))).contacts
      const real = (await upsert(pool, { companies: [], contacts: writes })).contacts
      const [expected, after] = [await read(one), await read(whole)]
      assert.deepEqual([after.first_name, after.city], [expected.first_name, expected.city])
      assert.deepEqual([dry.updated, dry.unchanged], [real.updated, real.unchanged])
      assert.equal(effect, real.updated === 1 ? 'updated' : 'unchanged')
      assert.equal(after.updated_at === before.updated_at, real.unchanged === 1)
      if (!changed) assert.equal(real.unchanged, 1)
    }),
    { numRuns: 20 },
  )
  trial.close()
})

function stageOf(writes: readonly RecordWrite[]) {
  const stage = createStage()
  for (const write of writes) stage.contact(write)
  return stage.take()
}

test('a line that is taken back from a batch still says that its value replaces the stored one', () => {
  const lines = createLines('contact')
  const write = { uuid: randomUUID(), values: { first_name: 'JOHN', city: null }, replaces: ['first_name'] }
  lines.add(write)
  const { values, replaces } = lines.takeBack(0)
  assert.deepEqual(
    [values.first_name, values.last_name, values.city, replaces],
    ['JOHN', undefined, null, ['first_name']],
  )
})
