import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Service } from '../../src/fields.ts'
import { compareUtf8 } from '../../src/text/order.ts'
import { parseQuery } from '../../src/vql/parse-query.ts'
import type { Query } from '../../src/vql/query.ts'
import { someQuery, someRecords } from '../engines/arbitraries.ts'
import { count, evaluate, type Records, scan, search } from '../engines/reference.ts'
import { rounds } from '../helpers/rounds.ts'

const RUNS = rounds(150, 1000)
const services: readonly Service[] = ['company', 'contact']

for (const service of services) {
  test(`random ${service} queries parse deterministically, and some find something but not everything`, () => {
    let selective = 0
    fc.assert(
      fc.property(someRecords(), someQuery(service), (records, json) => {
        const query = parseQuery(service, json)
        assert.deepEqual(parseQuery(service, JSON.parse(JSON.stringify(json))), query)
        const found = count(records, service, query.where)
        if (found > 0 && found < records[service].length) selective++
      }),
      { numRuns: RUNS, seed: 1 },
    )
    assert.ok(selective > 0.15 * RUNS, `${selective} of ${RUNS} queries are selective`)
  })

  test(`pages by cursor give the whole ${service} result in order, for any order`, () => {
    fc.assert(
      fc.property(someRecords(), someQuery(service), (records, json) => {
        const whole = scan(records, { ...parseQuery(service, json), limit: Infinity })
        assert.deepEqual(pageThrough(records, service, { ...json, page: 0, limit: 3 }), whole)
      }),
    )
  })
}

function pageThrough(records: Records, service: Service, json: Readonly<Record<string, unknown>>): string[] {
  const uuids: string[] = []
  let cursor: readonly string[] = []
  for (;;) {
    const query: Query = parseQuery(service, JSON.parse(JSON.stringify({ ...json, cursor })))
    const hits = search(records, query)
    if (hits.length === 0) return uuids
    uuids.push(...evaluate(records, query))
    cursor = hits.at(-1)!.cursor
  }
}

test('without an order, results are ordered by uuid', () => {
  fc.assert(
    fc.property(someRecords(), records => {
      const uuids = scan(records, parseQuery('contact', { limit: 100 }))
      assert.deepEqual(uuids, [...uuids].sort(compareUtf8))
      assert.equal(uuids.length, records.contact.length)
    }),
  )
})
