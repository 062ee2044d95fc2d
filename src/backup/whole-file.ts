/** A file that appears under its name when it is whole and safe on its disk; before, and for others than its owner, there is none. */
import { access, open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { ConnectraError } from '../errors.ts'

export interface WholeFileOptions {
  /** Put it in the place of a file of that name; without it such a file is ERR_CONFLICT. */
  readonly replace: boolean
}

/** `write` ends the stream. What fails leaves nothing behind, and a file that was there untouched. */
export async function writeWholeFile<T>(
  path: string,
  { replace }: WholeFileOptions,
  write: (destination: Writable) => Promise<T>,
): Promise<T> {
  if (!replace && (await exists(path)))
    throw new ConnectraError('ERR_CONFLICT', `${path} exists: choose another name, or replace it with --force`)
  const partial = `${path}.${process.pid}.part`
  try {
    // Beside it, as only within a file system a name changes in one step. In a container a process that was killed had the same id.
    await rm(partial, { force: true })
    const file = await open(partial, 'wx', 0o600)
    const result = await write(file.createWriteStream({ flush: true, highWaterMark: 1024 * 1024 }))
    await rename(partial, path)
    await flushFolder(dirname(resolve(path)))
    return result
  } catch (error) {
    await rm(partial, { force: true })
    const { syscall } = error as NodeJS.ErrnoException
    if (syscall === undefined || !FILE_CALLS.has(syscall)) throw error
    throw new ConnectraError('ERR_UNAVAILABLE', `${path} cannot be written: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** Not those of a connection. */
const FILE_CALLS = new Set(['open', 'write', 'fsync', 'rename', 'close'])

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
