import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fold } from '../../src/text/fold.ts'
import { words, wordsOfFolded } from '../../src/text/words.ts'
import { texts } from './texts.ts'

const cases: readonly [string, string, readonly string[]][] = [
  [
    'white space and punctuation separate words',
    "Vice-President, O'Neil & Co.",
    ['vice', 'president', 'o', 'neil', 'co'],
  ],
  ['duplicates are kept, in order', 'New York New', ['new', 'york', 'new']],
  ['+ and # after a word belong to it', 'C++ c# F#, .NET a+b', ['c++', 'c#', 'f#', 'net', 'a+', 'b']],
  ['+ and # alone are not a word', '+ # + +1', ['1']],
  ['an underscore and an at sign separate', 'john_doe@acme.com', ['john', 'doe', 'acme', 'com']],
  ['digits and letters run together', 'B2B 4x4', ['b2b', '4x4']],
  ['each Han character is a word', '北京大学', ['北', '京', '大', '学']],
  ['each Hiragana character is a word, a run of Katakana is one word', 'ひろカタカナー', ['ひ', 'ろ', 'カタカナー']],
  ['Latin next to Han is a separate word', 'AI人工c++知', ['ai', '人', '工', 'c++', '知']],
  ['a mark stays with its character', '葛\u{e0100}城', ['葛\u{e0100}', '城']],
  ['Hangul runs together', '삼성전자 주식회사', ['삼성전자', '주식회사']],
  ['Indic signs belong to the word', 'हिन्दी', ['हिन्दी']],
  ['digits of all scripts are digits', '٣٤ ④', ['٣٤', '4']],
  ['a surrogate pair is one letter', '𠮷野 𝒜𝒷', ['𠮷', '野', 'ab']],
  ['emoji and signs are not words', '👩‍💻 €%*', []],
  ['every apostrophe separates', 'Марʼяна Kaʻi O´B O’N', ['мар', 'яна', 'ka', 'i', 'o', 'b', 'o', 'n']],
  ['raised marks and digits belong to no word', 'Acme™ Beta℠ Gamma²', ['acme', 'beta', 'gamma']],
  ['a spacing accent does not glue to the next word', '´Acme ¨Beta a˜b', ['acme', 'beta', 'a', 'b']],
  ['an invisible joiner does not separate', 'می\u200cخواهم', ['میخواهم']],
  ['an empty value has none', '', []],
]

for (const [name, value, expected] of cases) {
  test(`words: ${name}`, () => {
    assert.deepEqual(
      [...words(value)],
      expected.map(word => word.normalize('NFC')),
    )
  })
}

test('the words of a value are those of its folded form, and each is a word again', () => {
  fc.assert(
    fc.property(texts, value => {
      const found = words(value)
      assert.deepEqual([...wordsOfFolded(fold(value))], [...found])
      for (const word of found) assert.deepEqual([...words(word)], [word])
    }),
    { numRuns: 2000 },
  )
})

test('there are only signs between words', () => {
  fc.assert(
    fc.property(texts, value => {
      const folded = fold(value)
      let place = 0
      for (const word of wordsOfFolded(folded)) {
        const found = folded.indexOf(word, place)
        assert.match(folded.slice(place, found), /^[^\p{L}\p{M}\p{N}]*$/u)
        place = found + word.length
      }
      assert.match(folded.slice(place), /^[^\p{L}\p{M}\p{N}]*$/u)
    }),
  )
})
