import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { StoreUnavailable } from '../../src/files/unavailable.ts'
import { createLog } from '../../src/log.ts'

/** The line about `error`. */
function lineOf(error: Error, level: 'info' | 'debug' = 'info'): { err: Record<string, unknown> } {
  const output = new PassThrough().setEncoding('utf8')
  createLog(level, output as unknown as NodeJS.WriteStream).warn({ err: error }, 'it failed')
  return JSON.parse(output.read())
}

test('an outage is logged without stack traces, except for debugging; an error that nobody expects has one', () => {
  const outages = [
    new Error('Client has encountered a connection error and is not queryable'),
    new StoreUnavailable('no reply', new Error('Request aborted')),
  ]
  for (const error of outages) {
    assert.doesNotMatch(JSON.stringify(lineOf(error)), /"stack"/)
    assert.match(JSON.stringify(lineOf(error, 'debug')), /"stack"/)
  }
  assert.deepEqual(lineOf(outages[1]!).err.cause, { type: 'Error', message: 'Request aborted' })
  assert.match(String(lineOf(new TypeError('x is not a function')).err.stack), /log\.test\.ts/)
})
