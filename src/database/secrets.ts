/** Secrets that all nodes of an installation share. */
import { randomBytes } from 'node:crypto'
import type { Database } from './pool.ts'

/** Returns the secret with that name: 32 random bytes, created at first use. */
export async function getSecret(database: Database, name: string): Promise<Buffer> {
  await database.query('INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING', [
    name,
    randomBytes(32),
  ])
  const { rows } = await database.query<{ value: Buffer }>('SELECT value FROM secrets WHERE name = $1', [name])
  return rows[0]!.value
}
