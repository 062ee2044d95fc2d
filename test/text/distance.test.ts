import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { allowedEdits, withinEdits } from '../../src/text/distance.ts'

/** Optimal string alignment as in a textbook, with the whole table. */
function distance(a: string, b: string): number {
  const x = [...a]
  const y = [...b]
  const table = x.map(() => new Array<number>(y.length + 1).fill(0))
  table.push(new Array<number>(y.length + 1).fill(0))
  for (let i = 0; i <= x.length; i++) {
    for (let j = 0; j <= y.length; j++) {
      if (i === 0 || j === 0) {
        table[i][j] = i + j
        continue
      }
      const substitution = table[i - 1][j - 1] + (x[i - 1] === y[j - 1] ? 0 : 1)
      table[i][j] = Math.min(table[i - 1][j] + 1, table[i][j - 1] + 1, substitution)
      if (i > 1 && j > 1 && x[i - 1] === y[j - 2] && x[i - 2] === y[j - 1]) {
        table[i][j] = Math.min(table[i][j], table[i - 2][j - 2] + 1)
      }
    }
  }
  return table[x.length][y.length]
}

const shortWords = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '中', '𠮷', '𠮸'), maxLength: 9 })

test('withinEdits is true exactly if the distance is at most that number', () => {
  fc.assert(
    fc.property(shortWords, shortWords, fc.nat(5), (a, b, max) => {
      assert.equal(withinEdits(a, b, max), distance(a, b) <= max)
    }),
    { numRuns: 5000 },
  )
})

test('a word with a few edits is found at its actual distance', () => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.constantFrom('insert', 'delete', 'replace', 'swap')), { maxLength: 3 })
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'abcdef'), minLength: 3, maxLength: 20 }), edits, (word, list) => {
      const letters = [...word]
      for (const [place, edit] of list) {
        const at = place % (letters.length || 1)
        if (edit === 'insert') letters.splice(at, 0, 'x')
        else if (edit === 'delete') letters.splice(at, 1)
        else if (edit === 'replace') letters[at] = 'y'
        else letters.splice(at, 2, ...letters.slice(at, at + 2).reverse())
      }
      const other = letters.join('')
      for (const max of [0, 1, 2, 3]) assert.equal(withinEdits(word, other, max), distance(word, other) <= max)
    }),
    { numRuns: 5000 },
  )
})

test('swapping neighbours is one edit, and a letter of two code units is one letter', () => {
  assert.equal(withinEdits('enigneer', 'engineer', 1), true)
  assert.equal(withinEdits('ca', 'abc', 2), false)
  assert.equal(withinEdits('𠮷野家', '𠮸野家', 1), true)
})

test('longer words allow more errors', () => {
  assert.deepEqual(['', 'a', 'ab', 'abc', 'abcde', 'abcdef'].map(allowedEdits), [0, 0, 0, 1, 1, 2])
  assert.deepEqual(['𠮷𠮷', '𠮷𠮷𠮷', '𠮷𠮷𠮷𠮷𠮷'].map(allowedEdits), [0, 1, 1])
})
