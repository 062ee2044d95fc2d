/** The first API key: created at the first start, stored in a file that only its owner can read. */
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Database, transaction } from '../database/pool.ts'
import { ConnectraError } from '../errors.ts'
import { generateKey } from './key-rows.ts'
import { ensureAdminKey, hasKeys, isValidKey } from './keys.ts'

export interface FirstKey {
  readonly path: string
  readonly key: string
  /** Whether this start created it. */
  readonly created: boolean
}

/** Held while the first key is created, so that of several processes that start at the same time only one creates it. */
const LOCK = 4852717

/**
 * Returns the key in the file `api-key` of the directory. If the database has no keys, the file is created if it is missing, and
 * its key is added to the database. With `always` that is done in any case, for a directory that belongs to one database.
 * A key that the database accepts is an admin key from then on, also if it is from a version without admin keys.
 * Returns null if the directory has no key, or one that the database does not accept.
 */
export async function ensureFirstKey(
  directory: string,
  database: Database,
  { always }: { readonly always: boolean },
): Promise<FirstKey | null> {
  const path = join(directory, 'api-key')
  return await transaction(database, async connection => {
    await connection.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    const mayCreate = always || !(await hasKeys(connection))
    const created = mayCreate && (await createKeyFile(path))
    const key = await readKey(path)
    if (key === null) return null
    // The file comes first. If the process is killed now, the next start adds its key.
    if (mayCreate || (await isValidKey(connection, key))) await ensureAdminKey(connection, 'first key', key)
    return (await isValidKey(connection, key)) ? { path, key, created } : null
  })
}

/** Returns null if there is no file. */
async function readKey(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(error => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  })
  const key = text?.trim()
  if (key === undefined || /^[\x21-\x7e]{16,}$/.test(key)) return key ?? null
  throw new ConnectraError(
    'ERR_CONFLICT',
    `${path} does not contain an API key: delete the file and start again. If no key is created then, create one with \`connectra keys create\``,
  )
}

/** Creates the file unless it exists; it never appears without its content. Returns whether it was created. */
async function createKeyFile(path: string): Promise<boolean> {
  const temporary = `${path}.${process.pid}`
  await writeFile(temporary, `${generateKey()}\n`, { mode: 0o600 })
  try {
    await link(temporary, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    await rm(temporary, { force: true })
  }
}
