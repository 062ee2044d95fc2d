/** The first API key: made at the first start, kept in a file that only its owner can read. */
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../database/pool.ts'
import { ConnectraError } from '../errors.ts'
import { ensureKey, generateKey } from './keys.ts'

export interface FirstKey {
  readonly path: string
  readonly key: string
  /** By this start. */
  readonly made: boolean
}

/** Reads `api-key` in the directory, or makes it, and makes sure that the database knows the key. */
export async function ensureFirstKey(directory: string, database: Database): Promise<FirstKey> {
  const path = join(directory, 'api-key')
  const made = await makeKeyFile(path)
  const key = (await readFile(path, 'utf8')).trim()
  if (!/^[\x21-\x7e]{16,}$/.test(key))
    throw new ConnectraError('ERR_CONFLICT', `${path} does not hold an API key: remove the file, and a new key is made`)
  await ensureKey(database, 'first key', key)
  return { path, key, made }
}

/** The file appears with its content, or not at all. Returns whether it was missing. */
async function makeKeyFile(path: string): Promise<boolean> {
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
