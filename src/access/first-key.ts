/** The first API key: created at the first start, stored in a file that only its owner can read. */
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../database/pool.ts'
import { ConnectraError } from '../errors.ts'
import { ensureKey, generateKey } from './keys.ts'

export interface FirstKey {
  readonly path: string
  readonly key: string
  /** Whether this start created it. */
  readonly created: boolean
}

/** Reads the file `api-key` in the directory, or creates it, and makes sure that the database has the key. */
export async function ensureFirstKey(directory: string, database: Database): Promise<FirstKey> {
  const path = join(directory, 'api-key')
  const created = await createKeyFile(path)
  const key = (await readFile(path, 'utf8')).trim()
  if (!/^[\x21-\x7e]{16,}$/.test(key))
    throw new ConnectraError(
      'ERR_CONFLICT',
      `${path} does not contain an API key: delete the file, and a new key is created`,
    )
  await ensureKey(database, 'first key', key)
  return { path, key, created }
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
