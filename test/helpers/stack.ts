/**
 * The stack that tests run on besides PostgreSQL. By default it is a directory and the embedded index. CONNECTRA_TEST_STACK selects another one:
 * a JSON object of settings such as S3_BUCKET and OPENSEARCH_URL, which `npm run test:cluster` sets.
 */
import type { TestDatabase } from './database.ts'

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
