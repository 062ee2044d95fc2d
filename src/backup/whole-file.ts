/** A file that appears under its name when it is whole and safe on its disk; before, and for others than its owner, there is none. */
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { ConnectraError } from '../errors.ts'

export interface WholeFileOptions {
  /** Put it in the place of a file of that name; without it such a file is ERR_CONFLICT. */
  readonly replace: boolean
}

/**
 * `write` ends the stream. What fails leaves nothing behind, and a file that was there untouched. A link stays one to the file; what is no
 * file, such as a device, is ERR_CONFLICT.
 */
export async function writeWholeFile<T>(
  name: string,
  { replace }: WholeFileOptions,
  write: (destination: Writable) => Promise<T>,
): Promise<T> {
  const there = await stat(name).catch(absent)
  if (there !== null && !there.isFile())
    throw new ConnectraError('ERR_CONFLICT', `${name} is no file: choose another name, or - for standard output`)
  if (there !== null && !replace)
    throw new ConnectraError('ERR_CONFLICT', `${name} exists: choose another name, or replace it with --force`)
  const path = there === null ? name : await realpath(name)
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

/** What else is wrong with the name is told when it is written. */
function absent(): null {
  return null
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
