import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { type Asking, assertSessions, keepsSession } from '../../src/database/sessions.ts'
import { createTestDatabase } from '../helpers/database.ts'

const { url } = await createTestDatabase()
const sessions: pg.Client[] = []
for (let session = 0; session < 5; session++) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  sessions.push(client)
}
// Registered after the database's hook, which drops the connections. Losing them is no error then.
for (const client of sessions) client.on('error', () => {})
after(() => Promise.all(sessions.map(client => client.end())))

/**
 * A pooler in transaction mode in front of `size` real sessions: a connection has one for a statement, or for a transaction.
 * `last`: the free session that was used last comes first, as in PgBouncer. Otherwise the one that has been free for longest.
 */
function openPooler(size: number, order: 'last' | 'longest'): { connect(): Asking } {
  const free = sessions.slice(0, size)
  const waiting: ((session: pg.Client) => void)[] = []
  const take = async () =>
    (order === 'last' ? free.pop() : free.shift()) ?? (await new Promise<pg.Client>(resolve => waiting.push(resolve)))
  const give = (session: pg.Client) => {
    const next = waiting.shift()
    if (next) next(session)
    else free.push(session)
  }
  return {
    connect() {
      let held: pg.Client | null = null
      return {
        async query(sql) {
          const session = held ?? (await take())
          const answer = await session.query(sql)
          held = sql === 'BEGIN' ? session : sql === 'ROLLBACK' ? null : held
          if (held === null) give(session)
          return answer
        },
      }
    },
  }
}

for (const order of ['last', 'longest'] as const)
  for (const size of [1, 2, 3, 4, 5])
    test(`a pooler in transaction mode with ${size} sessions, the one free for ${order} first, is detected`, async () => {
      const pooler = openPooler(size, order)
      assert.equal(await keepsSession(pooler.connect(), pooler.connect()), false)
    })

test('a direct connection keeps its session', async () => {
  await assertSessions(url)
})
