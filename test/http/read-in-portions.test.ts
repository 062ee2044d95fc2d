import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readInPortions } from '../../src/http/batch/read-batch.ts'

test('a batch is parsed in order, and other requests run before it and in between', async () => {
  let turns = 0
  let reading = true
  const takeTurn = () => {
    turns++
    if (reading) setImmediate(takeTurn)
  }
  setImmediate(takeTurn)
  const turnsBefore: number[] = []
  const records = Array.from({ length: 1000 }, (_, place) => place)
  const portions = await Array.fromAsync(
    readInPortions<[unknown, number]>(records, {
      read(record, index) {
        turnsBefore.push(turns)
        // The time a large record takes.
        const until = performance.now() + 0.05
        while (performance.now() < until);
        return [record, index]
      },
      refuse: () => [null, -1],
      sizeOf: () => 1024,
    }),
  )
  reading = false
  assert.deepEqual(
    portions.map(({ length }) => length),
    [...Array(15).fill(64), 40],
  )
  assert.deepEqual(
    portions.flat(),
    Array.from({ length: 1000 }, (_, place) => [place, place]),
  )
  assert.ok(turnsBefore[0]! > 0, 'parsing the JSON and reading the records are two turns')
  assert.ok(new Set(turnsBefore).size >= 5, `${new Set(turnsBefore).size} portions`)
})

test('an error from a record is passed on', async () => {
  const refuse = () => {
    throw new Error('refused')
  }
  const reader = { read: refuse, refuse, sizeOf: () => 1 }
  await assert.rejects(Array.fromAsync(readInPortions([1], reader)), /refused/)
  assert.deepEqual(await Array.fromAsync(readInPortions([], reader)), [])
})
