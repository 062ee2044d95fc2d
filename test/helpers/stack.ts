/**
 * The stack that tests run on besides PostgreSQL. By default it is a directory and the embedded index. CONNECTRA_TEST_STACK selects another one:
 * a JSON object of settings such as S3_BUCKET and OPENSEARCH_URL, which `npm run test:cluster` sets.
 */
import assert from 'node:assert/strict'
import type { TestDatabase } from './database.ts'

/** Set by `npm run test:cluster`: a request to this address breaks a part of the stack. */
const FAULT = process.env.CONNECTRA_TEST_FAULT

const given = JSON.parse(process.env.CONNECTRA_TEST_STACK ?? '{}') as Readonly<Record<string, string>>

/** The settings for the servers and commands of one database. Each database has files and indexes of its own. */
export function stackOf({ url }: TestDatabase): Readonly<Record<string, string>> {
  const name = new URL(url).pathname.slice(1)
  return {
    ...given,
    ...(given.S3_BUCKET !== undefined && { S3_PREFIX: `${name}/` }),
    ...(given.OPENSEARCH_URL !== undefined && { OPENSEARCH_INDEX_PREFIX: name }),
  }
}

/** To be called when the data of a test file is stored. Breaks a part of the stack, if that is what is tested. */
export async function causeFault(): Promise<void> {
  if (FAULT === undefined) return
  const reply = await fetch(FAULT, { method: 'POST' })
  assert.equal(reply.status, 200, await reply.text())
}
