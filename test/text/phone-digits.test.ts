import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CALLING_CODES, hasLetters, isPlainNumber, numberDigits, wordsOfPhone } from '../../src/text/phone-digits.ts'

/** The folded phone, its number, and whether it has letters besides an extension. */
const cases: readonly [string, string, boolean][] = [
  ['+14155550100', '14155550100', false],
  ['(415) 555-0100', '4155550100', false],
  ['+1 (415) 555-0100 ext. 5', '14155550100', false],
  ['+14155550100 ext. 5', '14155550100', false],
  ['415.555.0100 x5', '4155550100', false],
  ['555x7', '555', false],
  ['555 0100 extension: 12', '5550100', false],
  ['12 #7', '12', false],
  ['+49 (0)30 901820', '4930901820', false],
  ['(0)30 901', '030901', false],
  ['030/901 820-0', '0309018200', false],
  ['٠٣٠ ٩٠١', '030901', false],
  ['۰۳۰', '030', false],
  ['+', '', false],
  ['ask for jo', '', true],
  ['1-800-flowers', '1800', true],
  ['415 555 0100 office', '4155550100', true],
  ['tel: 5', '5', true],
]

test('the number of a phone is its digits up to an extension', () => {
  for (const [phone, digits, letters] of cases) {
    assert.equal(numberDigits(phone), digits, phone)
    assert.equal(hasLetters(phone), letters, phone)
    if (digits !== '') assert.equal(wordsOfPhone(phone).at(-1), digits, phone)
  }
})

test('the number is the last word of a phone, and the only one of digits alone', () => {
  assert.deepEqual(wordsOfPhone('+14155550100'), ['14155550100'])
  assert.deepEqual(wordsOfPhone('(415) 555-0100'), ['415', '555', '0100', '4155550100'])
  assert.deepEqual(wordsOfPhone('ask for jo'), ['ask', 'for', 'jo'])
  for (const [phone] of cases) {
    const bytes = Buffer.from(` ${phone} `)
    if (!isPlainNumber(bytes, 1, bytes.length - 1)) continue
    assert.deepEqual(wordsOfPhone(phone), [numberDigits(phone)], phone)
  }
})

test('no calling code is the beginning of another one', () => {
  for (const code of CALLING_CODES)
    assert.deepEqual(
      CALLING_CODES.filter(other => other.startsWith(code)),
      [code],
    )
})
