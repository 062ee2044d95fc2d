/** Difficult texts: scripts with special rules, marks in any order, compatibility forms, surrogates. */
import fc from 'fast-check'
import { anyText } from '../helpers/any-text.ts'

const HARD = [
  ...'abcABC019 .,-+#@_\'"',
  ...'éÉßẞøØđłŁıİæœþðſﬁŉǰẚÅ',
  ...'ςσΣάᾳᾼΐϴϊ',
  ...'йЙёᲀ',
  ...'أآئمُّ',
  ...'שׁשָׁ',
  ...'中文字漢〇々',
  ...'かがヵカガーｶﾞらゞ',
  ...'삼성ᄀ각',
  ...'हिन्दीกำ',
  ...'Ꭰꭰ①Ⅳ㈱ａＺ½',
  ...'👩💻❤😀',
  ...'’ʼʻ´`¨¸™²⁴–«ħƏـﹷﳲ',
  ' ',
  '\u200c',
  '\u0301',
  '\u0307',
  '\u0327',
  '\u0345',
  '\u0323',
  '\u3099',
  '\u200d',
  '\ufe0f',
  '\ue000',
  '\uffff',
  '\u{10000}',
  '\u{10ffff}',
]

export const texts: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: fc.constantFrom(...HARD), maxLength: 12 }),
  anyText({ maxLength: 12 }),
)
