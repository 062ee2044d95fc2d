import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type NotInteger, readInteger } from '../../src/records/values/integer.ts'

function readsAs(cases: Readonly<Record<string, number | NotInteger>>): void {
  for (const [text, value] of Object.entries(cases)) assert.equal(readInteger(text), value, text)
}

test('thousands may be grouped by spaces, apostrophes, points or commas', () => {
  readsAs({
    '1 200': 1200,
    '1 200 000': 1_200_000,
    '1 200,50': 1201,
    '1 234.4': 1234,
    "1'234'567": 1_234_567,
    '1’234’567.50': 1_234_568,
    '1.234.567': 1_234_567,
    '12.345.678,00': 12_345_678,
    '1.234,56': 1235,
    '12.345,678': 12_346,
    '1,200': 1200,
    '1,234,567.89': 1_234_568,
    '12,34,567': 1_234_567,
    '1,00,000': 100_000,
    '1,00,00,000.00': 10_000_000,
  })
})

test('a number may have a currency before or after it, and no cents', () => {
  readsAs({
    '12.345.678,00 €': 12_345_678,
    '€ 12.50': 13,
    '12,50 €': 13,
    '1 234 567 Kč': 1_234_567,
    'R$ 1.234.567,89': 1_234_568,
    '₹12,34,567': 1_234_567,
    'Rs. 5,00,000': 500_000,
    "CHF 1'200.-": 1200,
    "Fr. 1'200.--": 1200,
    'kr. 1.200,-': 1200,
    '1.200,– €': 1200,
    '-€5': 'negative',
    '€-5': 'negative',
    '5 000 zł': 5000,
    '$1,234.56 USD': 1235,
  })
})

test('a number may have a word for its factor, in other languages too', () => {
  readsAs({
    '€5,2 Mio': 5_200_000,
    '5.2 Mio. €': 5_200_000,
    '0,5 Mio': 500_000,
    '3 Mrd.': 3_000_000_000,
    '1,5 mln zł': 1_500_000,
    '5 tys. zł': 5000,
    '500 TEUR': 500_000,
    '200 mnkr': 200_000_000,
    '2 mdkr': 2_000_000_000,
    '5,2 M€': 5_200_000,
    '2,5 Md€': 2_500_000_000,
    '1.234,5 Mio': 1_234_500_000,
    '5 200 Mio': 5_200_000_000,
    '2 lakh': 200_000,
    '5 Cr': 50_000_000,
    '₹ 1.5 crore': 15_000_000,
    '2,5 млрд руб': 2_500_000_000,
    '10 milhões': 10_000_000,
    '3 milliards': 3_000_000_000,
    '5万': 50_000,
    '1.2億': 120_000_000,
    '1.5 million dollars': 1_500_000,
    '18.3 MM': 18_300_000,
    '$1,200M': 1_200_000_000,
    '€1.234bn': 1_234_000_000,
    '1,2E+06': 1_200_000,
    '1.2E+06': 1_200_000,
  })
})

test('an approximate number is read as that number', () => {
  readsAs({
    '~200': 200,
    '~ 1.5k': 1500,
    '≈5,000': 5000,
    'ca. 200': 200,
    'circa 1 500': 1500,
    'approx. $5M': 5_000_000,
  })
  readsAs({ 'about 20': 20, 'etwa 300': 300, 'environ 40': 40, 'c. 300': 300, '200 employees': 200 })
})

test('digits and separators of other scripts are read', () => {
  readsAs({ '１，２００': 1200, '١٬٢٠٠': 1200, '۱۲۰۰': 1200, '१२,३४,५६७': 1_234_567, '１２３．５': 124 })
})

test('a number with two possible readings is not read', () => {
  for (const text of [
    '5,2',
    '12,34',
    '0,500',
    '1234,5',
    '1,2345',
    '$12,50',
    '1.200',
    '12.345 EUR',
    '1,234 Mio',
    '1.234 Mio €',
    '1.234 M€',
    '1,234 mln',
    '1 200,500',
    "1'200.500",
    '500 T€',
    '12,345E+3',
    // Perhaps `51-200`, without its dash.
    '51 200',
  ])
    assert.equal(readInteger(text), 'ambiguous', text)
})

test('what is not a single number is not read', () => {
  for (const text of [
    '10-50',
    '10 – 50',
    '$1M-$10M',
    '1 200 - 1 500',
    '200+',
    '>200',
    '10k+',
    '(1,200)',
    '5%',
    '1,2,3',
    '12 34 567',
    '1200 000',
    '0 200',
    '1 2',
    '1.2.3',
    '192.168.1.1',
    '2023-01-01',
    '2/3',
    '1,200.00,5',
    '1..2',
    '. 5',
    '5 mil',
    'c300',
    'Oct-50',
    '$',
    '.',
    '',
    `1${'1'.repeat(1000)}`,
  ])
    assert.equal(readInteger(text), 'not a number', text)
})

test('a number in a column of thousands is scaled unless it has a factor', () => {
  assert.equal(readInteger('1 200', 1000), 1_200_000)
  assert.equal(readInteger("1'200", 1000), 1_200_000)
  assert.equal(readInteger('€5,2 Mio', 1000), 5_200_000)
  assert.equal(readInteger('~200', 1000), 200_000)
  assert.equal(readInteger('5,2', 1000), 'ambiguous')
})

test('no text makes reading slow', () => {
  const start = process.cpuUsage()
  for (const part of ['1 ', '1,', '$', '~', '1.', "1'", 'ca. ', '1e', ' ']) readInteger(`${part.repeat(240)}x`)
  assert.ok(process.cpuUsage(start).user < 100_000)
})
