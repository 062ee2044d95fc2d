/** Values that were built to take quadratic time. Each took seconds or minutes before it was bounded. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitLocation } from '../../src/csv/compound.ts'
import { readName } from '../../src/csv/header/column-names.ts'
import { lineDecoder } from '../../src/csv/text/line-decoder.ts'
import { findField } from '../../src/fields.ts'
import { cleanKeyword, cleanValue } from '../../src/records/values/clean.ts'
import { isCountryName, regionOf } from '../../src/records/values/countries.ts'
import { registrableDomain } from '../../src/records/values/domain.ts'
import { readEmails } from '../../src/records/values/email.ts'
import { cleanNamePart, splitFullName } from '../../src/records/values/person-name.ts'
import { readPhones } from '../../src/records/values/phone.ts'
import { valueInCell } from '../../src/records/values/row-cell.ts'
import { trimEnds } from '../../src/records/values/trim-ends.ts'
import { readWebsites } from '../../src/records/values/website.ts'

const LIMIT_MS = 2000
/** The longest text that reaches a reader of a query. */
const LONG = 100_000

/** Repeats `unit` up to `length` characters. */
function run(unit: string, length = LONG): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length)
}

function inTime(what: string, work: () => unknown): void {
  const started = performance.now()
  work()
  assert.ok(performance.now() - started < LIMIT_MS, `${what} took ${Math.round(performance.now() - started)} ms`)
}

const TEXTS: readonly string[] = [
  ...['@', '"', '/', '.', '-', '–', '(', '[', '<', ')', '1', 'a', ',', ';', '+1', '(a)', ' work', 'tel ', 'mailto:'],
  ...['://', 'http://', 'a.b,', '[](', 'xn--a.', '*mailto:', 'h', '=', '1/', ' or '],
].flatMap(unit => [run(unit), `a.b@c${run(unit)}x`, `(1${run(unit)}!`])

test('readers of addresses and phones take linear time', () => {
  for (const text of TEXTS) {
    const shown = JSON.stringify(text.slice(0, 12))
    for (const name of ['email', 'mobile_phone', 'website', 'linkedin_url'])
      inTime(`${name} ${shown}`, () => cleanKeyword(findField('contact', name)!, text))
    inTime(`domain ${shown}`, () => cleanKeyword(findField('company', 'normalized_domain')!, text))
    inTime(`e-mails ${shown}`, () => readEmails(text))
    inTime(`phones ${shown}`, () => readPhones(text, 'Germany'))
    inTime(`websites ${shown}`, () => readWebsites(text.slice(0, 20_000)))
  }
})

test('a value of a query that no record can have matches none', () => {
  assert.equal(cleanKeyword(findField('contact', 'email')!, `${run('ada@x.example;')}`), null)
  assert.equal(cleanKeyword(findField('company', 'website')!, `x.example${run(')')}`), null)
  assert.equal(cleanKeyword(findField('company', 'name')!, 'Acme')?.length, 4)
})

test('a phone text that is too long to be looked through is stored with a warning', () => {
  const text = `Call +49 89 12345678 ${run('or ask ', 500)}`
  const cleaned = cleanValue(findField('contact', 'mobile_phone')!, text, { kind: 'row', country: null, scale: 1 })
  assert.deepEqual(
    { value: (cleaned as { value: string }).value, isReported: /not a valid phone/.test(JSON.stringify(cleaned)) },
    { value: text.trim(), isReported: true },
  )
})

test('formulas and links in cells take linear time', () => {
  for (const cell of [
    `<a ${run('href=', 3900)}`,
    `<a ${run('href=', 3000)}>${run('<', 900)}</a>`,
    `=HYPERLINK("a",${run(' ', 3900)}(`,
    `=HYPERLINK(${run('""', 3900)}`,
    `=${run(' ', 3900)}x`,
    `[a](${run('(', 3900)}`,
  ])
    inTime(cell.slice(0, 20), () => valueInCell(cell, 'email'))
})

test('links and formulas are read as before', () => {
  const cases: readonly (readonly [cell: string, key: string, value: string])[] = [
    ['<a class="x" href = \'https://x.example\' rel=y>Acme</a>', 'website', 'https://x.example'],
    ['<a href=https://x.example>Acme <b>Inc</b></a>', 'company', 'Acme Inc'],
    ['<a name="top">Acme</a>', 'company', '<a name="top">Acme</a>'],
    ['=HYPERLINK( "https://x.example" ; "Acme" )', 'company', 'Acme'],
    ['=HYPERLINK("https://x.example", A1 )', 'company', 'A1'],
    ['=HYPERLINK("https://x.example")', 'company', 'https://x.example'],
    ['= +49 (89) 123', 'work_direct_phone', '+49 (89) 123'],
    ['=-5', 'employees', '-5'],
    ['=7', 'employees', '7'],
  ]
  for (const [cell, key, value] of cases) assert.equal(valueInCell(cell, key), value, cell)
})

test('headers and locations with long runs of spaces take linear time', () => {
  for (let length = 180; length < 200; length++)
    for (const start of ['Revenue (', '(', 'Name in ', 'Phone : '])
      inTime(`${start} ${length}`, () => readName(`${start}${run(' ', length - start.length - 1)}x`))
  assert.deepEqual(readName('Annual  Revenue\n(in   000s)'), { name: 'annualrevenue', scale: 1000 })
  assert.equal(readName('Email   ( required )').name, 'email')
  for (const text of [`Austin, T${run(' ')}x`, `${run('a ')}, 1${run(' ')}`, run(','), run(' ')])
    inTime('location', () => splitLocation(text))
})

test('names of quotes take linear time', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `${run('"', 280)}${index}`)
  inTime('names', () => names.map(name => [splitFullName(name), cleanNamePart(name, 'last')]))
  assert.deepEqual(splitFullName('“Ada Byron”'), { first: 'Ada', last: 'Byron', cut: [] })
})

test('a list of many phones is stored as text, without a look at each', () => {
  const many = Array.from({ length: 40 }, (_, index) => `00123456${index}`)
  const cells = Array.from({ length: 1000 }, (_, index) => `${many.join(';').slice(0, 280)}${index}`)
  inTime('phones', () => cells.map(cell => assert.equal(readPhones(cell, 'Germany').isValid, false)))
  assert.equal(readPhones(Array(12).fill('+49 89 12345678').join('; '), null).isValid, true)
})

test('the name of a country has a limit', () => {
  for (const text of [run('é', 1_000_000), run('\u0301', 1_000_000)]) {
    assert.equal(regionOf(text), null)
    assert.equal(isCountryName(text), false)
  }
})

test('a domain in Punycode is decoded, however long its path is', () => {
  assert.equal(registrableDomain(`https://xn--mller-kva.example/${run('a-', 1500)}`), 'müller.example')
})

test('a file of short lines is decoded in linear time', () => {
  const bytes = Buffer.from(`\xe9\r${run('a\r', 1 << 20)}`, 'latin1')
  inTime('lines', () => assert.equal(lineDecoder({ marked: false }).push(bytes, true), `é\r${run('a\r', 1 << 20)}`))
})

test('trimEnds removes characters at the ends only', () => {
  assert.equal(trimEnds('..a.b..', '', '.'), '..a.b')
  assert.equal(trimEnds(',.a.b..', ',', '.'), '.a.b')
  assert.equal(trimEnds('...', '', '.'), '')
  inTime('trimEnds', () => trimEnds(`a${run('.', 1_000_000)}a`, '', '.'))
})
