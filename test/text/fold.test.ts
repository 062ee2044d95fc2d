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
  ['a mark on a digit stays', '1\u0301', '1\u0301'],
  ['a mark on a space goes, also decomposed', '1 \u0301 x', '1 x'],
  ['emoji stay, without their joiners', '👩‍💻 ❤️', '👩💻 ❤️'],
  ['a typographic apostrophe', 'O’Neill ‘x’', "o'neill 'x'"],
  ['the modifier apostrophe of Ukrainian', 'Марʼяна', "мар'яна"],
  ['the okina of Hawaiian and of Uzbek', 'Kaʻiulani Oʻzbekiston', "ka'iulani o'zbekiston"],
  ['an acute or grave accent as an apostrophe', 'O´Brien O`Brien', "o'brien o'brien"],
  ['a grave accent in plain ASCII', 'O`Brien', "o'brien"],
  ['a prime, a reversed and a low quote as an apostrophe', 'O′Hara O‛Hara O‚Hara', "o'hara o'hara o'hara"],
  ['a full-width apostrophe', 'Ｏ＇Ｎｅｉｌｌ', "o'neill"],
  ['the half rings of Arabic names', 'Saʿdī Qurʾān', "sa'di qur'an"],
  ['the geresh of Hebrew', 'צ׳רצ׳יל', "צ'רצ'יל"],
  ['the apostrophe of Afrikaans in one letter', 'ŉ', "'n"],
  ['the apostrophe of Armenian', 'Դ՚Արտ', "դ'արտ"],
  ['typographic quotes', '“Acme” „Acme‟ «Acme» 5″', '"acme" "acme" "acme" 5"'],
  ['hyphens, dashes and the minus sign', 'a‐b‑c‒d–e—f―g−h﹣i－j־k', 'a-b-c-d-e-f-g-h-i-j-k'],
  ['a trade mark at the end', 'Acme™', 'acme'],
  ['a service mark at the end', 'Beta℠', 'beta'],
  ['a superscript digit at the end', 'Gamma² Delta¹ Rho³', 'gamma delta rho'],
  ['superscript digits of the newer block', 'x⁰y⁴z⁹', 'x y z'],
  ['a trade mark after a space', 'Acme ™ Inc.', 'acme inc.'],
  ['a trade mark before a word', '™Acme', 'acme'],
  ['a trade mark within a word', 'E™Open', 'e open'],
  ['the raised marks of French', 'Acme🅪 Acme🅫', 'acme acme'],
  ['a trade mark alone is not empty', '™', ' '],
  ['a joiner alone is not empty', '\u200d', ' '],
  ['a diaeresis alone does not glue to the next word', '¨Acme a¨b', 'acme a b'],
  ['other spacing accents', 'x˜y¸z¯a˘b˙c˚d˛e˝f', 'x y z a b c d e f'],
  ['Greek spacing accents', 'x΄y΅z᾽a῾b', 'x y z a b'],
  ['a spacing accent at the end', 'Acme¸', 'acme'],
  ['a spacing voicing mark of Japanese', 'か゛', 'か'],
  ['tatweel does not count', 'مـحـمـد', 'محمد'],
  ['marks on a tatweel do not count', 'مـَحمد ﻣﺤﻤﹷﺪ', 'محمد محمد'],
  ['ZWNJ and ZWJ do not count', 'می\u200cخواهم क्\u200dष', 'میخواهم क्ष'],
  ['a ZWJ between a letter and its mark', 'e\u200d\u0301', 'e'],
  ['soft hyphens and direction marks do not count', 'Mül\u00adler \u200eAcme\u200f', 'muller acme'],
  ['Maltese', 'Ħamrun Għarb', 'hamrun gharb'],
  ['Azerbaijani', 'Əliyev Məmmədov', 'aliyev mammadov'],
  ['Sami', 'Ŧorgŋa Ǥ', 'torgna g'],
  ['letters with strokes', 'ƗɨɄʉɃƀȻȼɆɇɈɉȽƚɌɍɎɏƵƶ', 'iiuubbcceejjllrryyzz'],
  ['letters with hooks of African languages', 'ƁɓƊɗƘƙƝɲƤƥƬƭƳƴƆɔƐɛƎǝ', 'bbddkknnppttyyooeeee'],
  ['a feminine ordinal is a letter', 'Mª 1º', 'ma 1o'],
  ['the registered sign and the copyright sign stay', 'Acme® ©', 'acme® ©'],
  ['subscript digits are digits', 'H₂O', 'h2o'],
  ['other symbols stay', 'a·b • c ~ d ^ e', 'a·b • c ~ d ^ e'],
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
      const forms = UNLIKE_COMPATIBLE.test(value.normalize('NFC')) ? ['NFC', 'NFD'] : ['NFC', 'NFD', 'NFKC', 'NFKD']
      for (const form of forms) assert.equal(fold(value.normalize(form)), fold(value))
    }),
    { numRuns: 2000 },
  )
})

/** Characters that do not fold like their compatibility forms: the acute accent, double primes, raised marks and digits. */
const UNLIKE_COMPATIBLE =
  /[\u00b4\u2033\u2034\u2057\u2122\u2120\u{1f16a}-\u{1f16c}\u00b9\u00b2\u00b3\u2070\u2074-\u2079]/u

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
