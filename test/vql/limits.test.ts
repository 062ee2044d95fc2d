import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_QUERY_LIMITS } from '../../src/vql/limits.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { parseWhere } from '../../src/vql/parse-where.ts'

function isTooComplex(where: unknown): boolean {
  try {
    parseWhere('contact', where)
    return false
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'ERR_QUERY_TOO_COMPLEX', String(error))
    return true
  }
}

const repeat = <T>(times: number, make: (index: number) => T): T[] =>
  Array.from({ length: times }, (_, index) => make(index))
const titles = (times: number, text: (index: number) => string) => ({
  text_matches: { must: repeat(times, index => ({ text_value: text(index), filter_key: 'title' })) },
})
const countries = (values: number) => ({ keyword_match: { must: { country: repeat(values, index => `c${index}`) } } })

/** A `where` nested to `depth` levels. */
function nested(depth: number, key: 'and' | 'or' | 'not'): unknown {
  const innermost = { exists: { must: ['email'] } }
  return depth === 1 ? innermost : { [key]: key === 'not' ? nested(depth - 1, key) : [nested(depth - 1, key)] }
}

test('1,000 values and 100 clauses pass', () => {
  const values = repeat(10, index => countries(100 + index))
  const clauses = titles(90, index => `vice president ${index}`)
  assert.equal(isTooComplex({ and: values }), false)
  assert.equal(isTooComplex({ ...clauses, ...countries(1000) }), false)
  assert.equal(isTooComplex({ or: repeat(50, index => ({ range_query: { must: { id: { gte: index } } } })) }), false)
})

test('the ways to split a full name count', () => {
  const names = (values: readonly string[]) => ({ keyword_match: { must: { full_name: values } } })
  assert.equal(isTooComplex(names(repeat(2000, index => `Ada Maria Byron ${index}`))), false)
  assert.equal(isTooComplex(names(['a '.repeat(200)])), false)
  assert.equal(isTooComplex(names(['a '.repeat(5000)])), true)
})

test('a search is bounded like other conditions', () => {
  const { clauses, textLength } = DEFAULT_QUERY_LIMITS
  assert.equal(isTooComplex({ search: repeat(180, index => `w${index}`).join(' ') }), false)
  assert.equal(isTooComplex({ search: repeat(300, index => `w${index}`).join(' ') }), true)
  assert.equal(isTooComplex({ or: repeat(clauses / 2, () => ({ search: 'x' })) }), false)
  assert.equal(isTooComplex({ or: repeat(clauses / 2 + 1, () => ({ search: 'x' })) }), true)
  assert.equal(isTooComplex({ search: '-'.repeat(textLength + 1) }), true)
})

test('a text as long as a stored one passes', () => {
  assert.equal(isTooComplex(titles(1, () => '中'.repeat(600))), false)
  assert.equal(isTooComplex(titles(1, () => '😀'.repeat(8_000))), false)
})

test('a query above a limit is too complex, however its parts are distributed', () => {
  const { clauses, values, words, depth, textLength } = DEFAULT_QUERY_LIMITS
  assert.equal(isTooComplex(titles(clauses, () => 'x')), false)
  assert.equal(isTooComplex(titles(clauses + 1, () => 'x')), true)
  assert.equal(isTooComplex({ exists: { must: repeat(clauses + 1, () => 'email') } }), true)
  assert.equal(isTooComplex({ and: repeat(clauses / 2, () => countries(1)) }), false)
  assert.equal(isTooComplex({ and: repeat(clauses / 2, () => countries(1)), ...countries(1) }), true)
  assert.equal(isTooComplex({ or: repeat(clauses + 1, () => ({})) }), true)
  assert.equal(isTooComplex(countries(values)), false)
  assert.equal(isTooComplex(countries(values + 1)), true)
  assert.equal(isTooComplex({ and: [countries(values / 2), countries(values / 2 + 1)] }), true)
  assert.equal(isTooComplex(titles(8, () => 'w '.repeat(words / 8))), false)
  assert.equal(isTooComplex(titles(8, () => 'w '.repeat(words / 8 + 1))), true)
  assert.equal(isTooComplex(titles(1, () => '-'.repeat(textLength + 1))), true)
  for (const key of ['and', 'or', 'not'] as const) {
    assert.equal(isTooComplex(nested(depth, key)), false)
    assert.equal(isTooComplex(nested(depth + 1, key)), true)
    assert.equal(isTooComplex(nested(2000, key)), true)
  }
})

test('words with typing errors and long values have separate limits', () => {
  const fuzzy = (words: number) => ({
    text_matches: {
      must_not: repeat(8, part => ({
        text_value: repeat(words / 8, index => `w${part}x${index}`).join(' '),
        filter_key: 'linkedin_url',
        fuzzy: true,
      })),
    },
  })
  const { fuzzyWords, characters } = DEFAULT_QUERY_LIMITS
  assert.equal(isTooComplex(fuzzy(fuzzyWords)), false)
  assert.equal(isTooComplex(fuzzy(fuzzyWords + 8)), true)
  const long = (length: number) => ({
    keyword_match: { must: { title: ['é'.repeat(length / 16), 'a'.repeat(length / 2)] } },
  })
  assert.equal(isTooComplex(long(characters)), false)
  assert.equal(isTooComplex(long(characters + 16)), true)
  // Texts to search count as well.
  const texts = (length: number) => ({
    text_matches: {
      must: repeat(125, part => ({ filter_key: 'title', text_value: `${'b'.repeat(length - 3)}${100 + part}` })),
    },
  })
  assert.equal(isTooComplex(texts(characters / 125)), false)
  assert.equal(isTooComplex({ ...texts(characters / 125), keyword_match: { must: { title: ['c'] } } }), true)
})

test('too many entries in order_by are refused', () => {
  const orders = (times: number) => ({ order_by: repeat(times, () => ({ order_by: 'title' })) })
  assert.equal(parseQuery('contact', orders(32)).orderBy.length, 32)
  assert.throws(() => parseQuery('contact', orders(33)), { code: 'ERR_QUERY_TOO_COMPLEX', message: /^order_by: / })
})

test('the limits can be set', () => {
  const limits = { ...DEFAULT_QUERY_LIMITS, values: 2 }
  assert.throws(() => parseQuery('contact', { where: countries(3) }, { limits }), {
    code: 'ERR_QUERY_TOO_COMPLEX',
    message: 'where.keyword_match.must.country: a query can have at most 2 values to match; split the query',
  })
})
