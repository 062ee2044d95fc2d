/** The dictionaries of the embedded index: each operation is compared with the simplest implementation. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { findField } from '../../src/fields.ts'
import { count } from '../../src/search/embedded/answer/count.ts'
import { facet } from '../../src/search/embedded/answer/facet.ts'
import { search } from '../../src/search/embedded/answer/search.ts'
import { distinctTerms } from '../../src/search/embedded/build/distinct-terms.ts'
import { createTermTable } from '../../src/search/embedded/build/term-table.ts'
import { emptyState } from '../../src/search/embedded/index-state.ts'
import { nearTerms } from '../../src/search/embedded/query/fuzzy.ts'
import { containing } from '../../src/search/embedded/query/substring.ts'
import { findTerm, prefixRange } from '../../src/search/embedded/segment/find-term.ts'
import { makeSignatures, openSignatures } from '../../src/search/embedded/segment/signatures.ts'
import { packTerms, type Terms, termAt, unpackTerms } from '../../src/search/embedded/segment/terms.ts'
import { applyChanges } from '../../src/search/embedded/update/apply-changes.ts'
import type { Change } from '../../src/search/engine.ts'
import { withinEdits } from '../../src/text/distance.ts'
import { fold } from '../../src/text/fold.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import { uuidOf } from './cases.ts'
import * as reference from './reference.ts'

/** Few letters, so that texts repeat, are prefixes of each other and are similar. They have one to four bytes; one is NUL. */
const someText = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '北', '😀', '\ue000', '\0'), maxLength: 7 })
const someTexts = fc.array(someText, { maxLength: 300, size: 'max' })

function encode(texts: readonly string[]) {
  const parts = texts.map(text => Buffer.from(text))
  const offsets = new Uint32Array(parts.length + 1)
  for (const [index, part] of parts.entries()) offsets[index + 1] = offsets[index] + part.length
  return { blob: Buffer.concat(parts), offsets }
}

function dictionary(texts: readonly string[]): { readonly terms: Terms; readonly sorted: readonly string[] } {
  const { terms } = distinctTerms(encode(texts))
  const sorted = [...new Set(texts)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return { terms: packTerms(terms), sorted }
}

describe('a dictionary', () => {
  it('contains every text once, in the order of UTF-8 bytes', () => {
    fc.assert(
      fc.property(someTexts, texts => {
        const { terms, sorted } = dictionary(texts)
        assert.deepEqual(
          sorted.map((_, ordinal) => termAt(terms, ordinal)),
          sorted,
        )
        assert.equal(terms.size, sorted.length)
        assert.deepEqual(packTerms(unpackTerms(terms)), terms)
        const { ordinals, places } = distinctTerms(encode(texts))
        assert.deepEqual(
          Array.from(ordinals, ordinal => sorted[ordinal]),
          texts,
        )
        assert.deepEqual(
          Array.from(places, place => texts[place]),
          sorted,
        )
      }),
      { numRuns: 150 },
    )
  })

  it('finds terms, prefixes, substrings and similar terms', () => {
    fc.assert(
      fc.property(someTexts, fc.array(someText, { minLength: 1, maxLength: 5 }), (texts, wanted) => {
        const { terms, sorted } = dictionary(texts)
        const ordinalsOf = (holds: (term: string) => boolean) =>
          sorted.flatMap((term, ordinal) => (holds(term) ? [ordinal] : []))
        for (const text of [...wanted, ...texts.slice(0, 5)]) {
          assert.equal(findTerm(terms, text), sorted.indexOf(text))
          const [from, to] = prefixRange(terms, text)
          assert.deepEqual(
            ordinalsOf(term => term.startsWith(text)),
            Array.from({ length: to - from }, (_, index) => from + index),
          )
          assert.deepEqual(
            [...containing(terms, openSignatures(makeSignatures(terms), terms), text)],
            ordinalsOf(term => term.includes(text)),
          )
          for (const edits of [1, 2]) {
            assert.deepEqual(
              nearTerms(terms, text, edits),
              ordinalsOf(term => withinEdits(text, term, edits)),
            )
          }
        }
      }),
      { numRuns: 150 },
    )
  })

  it('finds the same substrings by signature as by reading all terms', () => {
    const texts = Array.from({ length: 9000 }, (_, index) => `${(index * 7919) % 9973}.é${index.toString(36)}@x`)
    const { terms, sorted } = dictionary(texts)
    for (const part of ['99', '7.é', 'é1', '@x', '.é7', '123', '8.é6', '@xx', '9', '5.é6a@x', 'zzzz']) {
      assert.deepEqual(
        Array.from(containing(terms, openSignatures(makeSignatures(terms), terms), part), ordinal => sorted[ordinal]),
        sorted.filter(text => text.includes(part)),
      )
    }
  })

  it('does not confuse a lone surrogate with the replacement character', () => {
    const { terms } = dictionary(['\ufffd', 'a'])
    assert.equal(findTerm(terms, '\ud800'), -1)
    assert.deepEqual(prefixRange(terms, '\ud800'), [0, 0])
    assert.equal(containing(terms, openSignatures(makeSignatures(terms), terms), '\ud800').length, 0)
  })
})

describe('a table of terms', () => {
  it('assigns the same number to texts that are equal after folding', () => {
    const unit = fc.constantFrom('a', 'A', 'É', 'e', 'ß', '😀')
    fc.assert(
      fc.property(fc.array(fc.string({ unit, maxLength: 4 }), { maxLength: 400, size: 'max' }), texts => {
        const table = createTermTable(fold)
        const numbers = texts.map(text => table.numberOf(text))
        const distinct = [...new Set(texts.map(fold))]
        assert.deepEqual(
          numbers,
          texts.map(text => distinct.indexOf(fold(text))),
        )
        assert.equal(table.size(), distinct.length)
        const { blob, offsets } = table.take()
        assert.deepEqual(
          distinct.map((_, number) => Buffer.from(blob).toString('utf8', offsets[number], offsets[number + 1])),
          distinct,
        )
        assert.equal(table.size(), 0)
      }),
      { numRuns: 100 },
    )
  })
})

describe('a table of texts with colliding hashes', () => {
  it('assigns a different number to each', () => {
    const table = createTermTable()
    // Pairs with the same 32-bit FNV-1a hash.
    const texts = ['costarring', 'liquid', 'declinate', 'macallums', 'altarage', 'zinke']
    for (let round = 0; round < 2; round++) {
      assert.deepEqual(
        texts.map(text => table.numberOf(text)),
        [0, 1, 2, 3, 4, 5],
      )
    }
  })
})

describe('a record', () => {
  const companies = (values: (index: number) => object): readonly Change[] =>
    Array.from({ length: 3000 }, (_, index) => {
      const uuid = `${uuidOf('a').slice(0, -4)}${(4096 + index).toString(16)}`
      return { service: 'company', uuid, record: { uuid, ...values(index) } }
    })

  it('with two rare values in a list is found once by both', () => {
    const changes = companies(index => ({ keywords: [`k${index}`, `l${index}`] }))
    const state = applyChanges(emptyState(), changes)
    const query = parseQuery('company', { where: { keyword_match: { must: { keywords: ['k7', 'l7'] } } } })
    assert.deepEqual(
      search(state, query).map(hit => hit.uuid),
      [changes[7].uuid],
    )
    assert.equal(count(state, 'company', query.where), 1)
  })

  it('is counted in a facet of thousands of values if its value is the most frequent', () => {
    // Values become more frequent towards the end of the order, and many are equally frequent.
    const name = (index: number) => String(Math.floor(Math.sqrt(index * 1100)) + 1000)
    const changes = companies(index => ({ name: name(index) }))
    const state = applyChanges(emptyState(), changes)
    const { where } = parseQuery('company', {})
    const request = { service: 'company', field: findField('company', 'name')!, where, contains: '' } as const
    const records = { company: changes.map(change => change.record!), contact: [] }
    for (const [offset, limit] of [
      [0, 3],
      [0, 100],
      [700, 100],
      [1790, 100],
    ]) {
      const page = { ...request, offset, limit }
      assert.deepEqual(facet(state, page), reference.facet(records, page))
    }
  })

  it('that contains a word twice counts once, alive or dead', () => {
    const changes = companies(index => ({
      name: index < 2 ? 'duran duran' : `band ${index % 100}`,
      industries: index < 2 ? ['a', 'á'] : ['b'],
    }))
    const { where } = parseQuery('company', {
      where: { text_matches: { must: [{ filter_key: 'name', text_value: 'duran' }] } },
    })
    const state = applyChanges(emptyState(), changes)
    assert.equal(count(state, 'company', where), 2)
    const later = applyChanges(state, [{ ...changes[0], record: null }])
    assert.equal(count(later, 'company', where), 1)
    const list = parseQuery('company', { where: { keyword_match: { must: { industries: ['A'] } } } }).where
    assert.equal(count(state, 'company', list), 2)
    assert.equal(count(later, 'company', list), 1)
  })
})
