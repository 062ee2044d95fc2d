import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fold } from '../../src/text/fold.ts'
import { rounds } from '../helpers/rounds.ts'
import { texts } from './texts.ts'

const cases: readonly [string, string, string][] = [
  ['ASCII becomes lower case', 'ACME Inc. 42', 'acme inc. 42'],
  ['accents go', 'Café Señor Ångström Škoda', 'cafe senor angstrom skoda'],
  ['a decomposed accent equals the composed one', 'Cafe\u0301', 'cafe'],
  ['several marks on a letter are removed', 'Việt Nguyễn', 'viet nguyen'],
  ['German sharp s is ss, small and capital', 'Straße STRASSE GROẞ', 'strasse strasse gross'],
  ['letters with a stroke become plain', 'Øre Łódź Đặng', 'ore lodz dang'],
  ['ligatures and Nordic letters become plain', 'Ægir Œuvre Þór Ðan ǿ ǽ', 'aegir oeuvre thor dan o ae'],
  ['Turkish i is i in all its forms', 'İıIi', 'iiii'],
  ['both Greek sigmas are one', 'ΟΔΥΣΣΕΥΣ Οδυσσεύς', 'οδυσσευσ οδυσσευσ'],
  ['Greek accents are removed, an iota subscript is a letter', 'Άέ ᾳ ᾼ', 'αε αι αι'],
  ['Cyrillic marks go', 'Ёлка Йод', 'елка иод'],
  ['Arabic vowels and hamza are removed', 'مُحَمَّد أحمد آدم', 'محمد احمد ادم'],
  ['Hebrew points go', 'שָׁלוֹם', 'שלום'],
  ['Japanese voicing marks stay', 'が か パ ハ', 'が か パ ハ'],
  ['a decomposed Japanese mark is composed', 'か\u3099', 'が'],
  ['Indic and Thai signs stay', 'हिन्दी กำ', 'हिन्दी ก\u0e4dา'],
  ['Hangul stays', '삼성', '삼성'],
  ['full width and other compatibility forms become plain', 'ＡＢＣ① ﬁ ㈱ ｶﾞ', 'abc1 fi (株) ガ'],
  ['Cherokee capitals and small letters are one', 'ꭰᎠ', 'ᎠᎠ'],
  ['a mark on a digit or alone stays', '1\u0301 \u0301', '1\u0301 \u0301'],
  ['emoji stay', '👩‍💻 ❤️', '👩‍💻 ❤️'],
]

for (const [name, value, expected] of cases) {
  test(`fold: ${name}`, () => {
    assert.equal(fold(value), expected.normalize('NFC'))
  })
}

test('folding a folded value changes nothing', () => {
  fc.assert(
    fc.property(texts, value => {
      assert.equal(fold(fold(value)), fold(value))
    }),
    { numRuns: 2000 },
  )
})

test('every normalization form of a text folds to the same', () => {
  fc.assert(
    fc.property(texts, value => {
      for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) assert.equal(fold(value.normalize(form)), fold(value))
    }),
    { numRuns: 2000 },
  )
})

/** The end of the scripts with case. Beyond are Chinese characters and code points without a meaning. */
const LETTERS = 0x20000
const BEYOND = rounds(13, 1)

test('for every code point, folding is idempotent and upper and lower case fold alike', () => {
  for (let point = 0; point <= 0x10ffff; point += point < LETTERS ? 1 : BEYOND) {
    if (point >= 0xd800 && point <= 0xdfff) continue
    const character = String.fromCodePoint(point)
    const folded = fold(character)
    if (fold(folded) !== folded) assert.fail(`U+${point.toString(16)} folds to ${folded}, that to ${fold(folded)}`)
    if (fold(character.toUpperCase()) !== folded) assert.fail(`U+${point.toString(16)} differs from its capital`)
    if (fold(character.toLowerCase()) !== folded) assert.fail(`U+${point.toString(16)} differs from its small letter`)
  }
})
