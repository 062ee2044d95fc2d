import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode } from '../../src/csv/encoding.ts'
import { readHeader } from '../../src/csv/header/read-header.ts'
import { openCsv } from '../../src/csv/read.ts'
import { rowReader } from '../../src/csv/row.ts'
import { decodeEntities } from '../../src/csv/text/entities.ts'
import { lookForDamage, noDamage } from '../../src/csv/text/repairs.ts'
import { undoDecodedTwice } from '../../src/csv/text/twice.ts'
import { ROW_KEYS } from '../../src/records/parse/row-keys.ts'

/** The value of the first column of each row, and the messages about damaged text. */
async function readColumn(key: string, lines: readonly string[], header = key): Promise<[string[], string[]]> {
  async function* bytes() {
    yield Buffer.from([header, ...lines].join('\n'))
  }
  const file = await openCsv(decode(bytes()))
  const readRow = rowReader(readHeader(file.header.cells, {}, file.header.firstRows), {
    signs: file.header.signs,
    damage: file.damage,
  })
  const values: string[] = []
  const messages: string[] = []
  for await (const records of file.records)
    for (const { cells } of records) {
      const row = readRow(cells)
      values.push(row?.values[ROW_KEYS.indexOf(key)] ?? '')
      messages.push(...(row?.damaged ?? []).map(({ message }) => message))
    }
  return [values, messages]
}

test('HTML entities are decoded once', () => {
  const decoded: Readonly<Record<string, string>> = {
    'AT&amp;T': 'AT&T',
    'Jos&eacute;': 'José',
    'M&uuml;ller &amp; S&ouml;hne': 'Müller & Söhne',
    'Stra&szlig;e': 'Straße',
    '&Oslash;rsted': 'Ørsted',
    'Dvo&rcaron;&aacute;k': 'Dvořák',
    'W&#322;adys&#x142;aw': 'Władysław',
    '&Lstrok;&oacute;d&zacute;': 'Łódź',
    'Erd&odblac;s': 'Erdős',
    'O&#39;Brien': "O'Brien",
    'O&#039;Neil': "O'Neil",
    'O&rsquo;Brien': 'O’Brien',
    '&lt;b&gt;Acme&lt;/b&gt;': '<b>Acme</b>',
    '&quot;Acme&quot;': '"Acme"',
    'Acme&nbsp;Corp': 'Acme\u00a0Corp',
    'Acme&reg; &ndash; Paris': 'Acme® – Paris',
    '10 &euro;': '10 €',
    '&#150;': '–',
    '&#128578;': '🙂',
    'AT&amp;amp;T': 'AT&amp;T',
    'ada&commat;acme&period;com': 'ada@acme.com',
  }
  for (const [text, plain] of Object.entries(decoded)) assert.equal(decodeEntities(text)?.text, plain, text)
})

test('other ampersands are no entities', () => {
  for (const text of [
    'AT&T',
    'R&D;Sales',
    'H&M;C&A',
    'Q&A;',
    'a & b;',
    'https://x.example/?a=1&copy=2&lt=3',
    '&eacute',
    '&xacute;',
    '&bcaron;',
    '&#0;',
    '&#xd800;',
    '&#9999999;',
    '&;',
    '',
  ])
    assert.equal(decodeEntities(text), null, text)
})

test('entities in a column without plain ampersands are decoded and reported', async () => {
  const [values, messages] = await readColumn('company', ['AT&amp;T', 'Acme', 'Jos&eacute; &amp; Co', '&nbsp;'])
  assert.deepEqual(values, ['AT&T', 'Acme', 'José & Co', ''])
  assert.deepEqual(messages, [
    'company "AT&amp;T" has HTML entities; it is stored as "AT&T"',
    'company "Jos&eacute; &amp; Co" has HTML entities; it is stored as "José & Co"',
  ])
})

test('a long text in a message is cut, with an ellipsis', async () => {
  const [, messages] = await readColumn('company', [`Jos&eacute; ${'x'.repeat(80)}`])
  const begin = (text: string) => JSON.stringify(`${text.slice(0, 60)}…`)
  assert.deepEqual(messages, [
    `company ${begin(`Jos&eacute; ${'x'.repeat(80)}`)} has HTML entities; it is stored as ${begin(`José ${'x'.repeat(80)}`)}`,
  ])
})

test('in a column with plain ampersands only entities that nobody writes on purpose are decoded', async () => {
  const [values, messages] = await readColumn('company', ['AT&T', 'The &amp; Company', 'Jos&eacute; &amp; Co', 'H & M'])
  assert.deepEqual(values, ['AT&T', 'The &amp; Company', 'José & Co', 'H & M'])
  assert.deepEqual(messages, [
    'company "The &amp; Company" may have HTML entities; it is stored as it is, because the column also has plain `&`',
    'company "Jos&eacute; &amp; Co" has HTML entities; it is stored as "José & Co"',
  ])
})

test('the semicolon of an entity does not separate a list, and exports of ours are read as they are', async () => {
  const [values] = await readColumn('industry', ['Acme,Food &amp; Beverages'], 'company,industry')
  assert.deepEqual(values, ['Food & Beverages'])
  const [, messages] = await readColumn(
    'company',
    ['6dfd23b6-0000-4000-8000-000000000001,AT&amp;T,5'],
    'uuid,name,employees_count',
  )
  assert.deepEqual(messages, [])
})

test('text that was decoded twice is restored', () => {
  const twice = (text: string) => new TextDecoder('windows-1252').decode(Buffer.from(text))
  for (const text of [
    'Müller',
    'José',
    'Łódź',
    'Dvořák',
    'Ångström',
    'O’Brien',
    'Acme™ – “Best”',
    '10 €',
    'Москва',
    'Αθήνα',
    '東京',
    '北京 Ltd',
    '서울',
    '🙂',
    'À propos',
  ])
    assert.equal(undoDecodedTwice(twice(text)), text, text)
  assert.equal(undoDecodedTwice('MÃ¼ller'), 'Müller')
  for (const text of ['Müller', 'SÃO', 'IRMÃ ANA', 'Café »', 'ß“', 'Ã', 'Â', 'MÃ¼ller Müller', '東京Ã¼', 'plain', 'É©'])
    assert.equal(undoDecodedTwice(text), null, text)
})

test('characters that another tool could not decode are kept and reported', async () => {
  const [values, messages] = await readColumn('last_name', ['M\ufffdller', 'Müller'])
  assert.deepEqual(values, ['M\ufffdller', 'Müller'])
  assert.deepEqual(messages, [
    'last_name "M\ufffdller" has characters that could not be decoded (\ufffd); it is stored as it is',
  ])
})

test('a sign of damage is found wherever the text is cut', () => {
  for (const [sign, found] of [
    ['AT&amp;T', [true, false]],
    ['Jos&eacute;', [true, false]],
    ['MÃ¼ller', [false, true]],
    ['â€™', [false, true]],
    ['A & B, R&D; AT&T, Café »', [false, false]],
  ] as const)
    for (let cut = 0; cut <= sign.length; cut++) {
      const signs = noDamage()
      for (const part of ['Acme, ', sign.slice(0, cut), sign.slice(cut), ', x']) lookForDamage(signs, part)
      assert.deepEqual([signs.entities, signs.twice], found, `${sign} cut at ${cut}`)
    }
})

test('a column that was decoded twice as a whole is restored; otherwise the cell is kept and reported', async () => {
  const [restored, messages] = await readColumn(
    'last_name',
    ['Ö,MÃ¼ller', 'b,Smith', 'ü,GarcÃ\u00ada'],
    'city,last_name',
  )
  assert.deepEqual(restored, ['Müller', 'Smith', 'García'])
  assert.deepEqual(messages, [
    'last_name "MÃ¼ller" was decoded with the wrong encoding; it is stored as "Müller"',
    'last_name "GarcÃ\u00ada" was decoded with the wrong encoding; it is stored as "García"',
  ])
  const [kept, others] = await readColumn('last_name', ['MÃ¼ller', 'Müller'])
  assert.deepEqual(kept, ['MÃ¼ller', 'Müller'])
  assert.deepEqual(others, [
    'last_name "MÃ¼ller" may be "Müller", decoded with the wrong encoding; it is stored as it is',
  ])
})
