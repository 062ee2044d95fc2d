/** A file that appears under its name when it is whole and safe on its disk; before there is none, or the one that was there. */
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'
import { ConnectraError } from '../errors.ts'

export interface WholeFileOptions {
  /** Put it in the place of a file of that name; without it such a file is ERR_CONFLICT. */
  readonly replace: boolean
  /** Who may read it, as for `open`. */
  readonly mode: number
}

/** `write` ends the stream. What fails leaves nothing behind, and a file that was there untouched. */
export async function writeWholeFile<T>(
  name: string,
  { replace, mode }: WholeFileOptions,
  write: (destination: Writable) => Promise<T>,
): Promise<T> {
  const there = await stat(name).catch(() => null)
  if (there !== null && !there.isFile())
    throw new ConnectraError('ERR_CONFLICT', `${name} is no file: name one, or - for standard output`)
  if (there !== null && !replace)
    throw new ConnectraError('ERR_CONFLICT', `${name} exists: choose another name, or replace it with --force`)
  // Where it leads, if it is a link, which is to stay one.
  const path = there === null ? name : await realpath(name)
  // Beside it, as only within a file system a name changes in one step.
  const partial = `${path}.${process.pid}.part`
  try {
    // In a container a process that was killed had the same id.
    await rm(partial, { force: true })
    const file = await open(partial, 'wx', mode)
    const result = await write(file.createWriteStream({ flush: true, highWaterMark: 1024 * 1024 }))
    await rename(partial, path)
    await flushFolder(dirname(path))
    return result
  } catch (error) {
    await rm(partial, { force: true })
    const { syscall } = error as NodeJS.ErrnoException
    if (syscall === undefined || !FILE_CALLS.has(syscall)) throw error
    throw new ConnectraError('ERR_UNAVAILABLE', `${name} cannot be written: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** Not those of a connection. */
const FILE_CALLS = new Set(['open', 'write', 'fsync', 'rename', 'close'])

/** Makes a rename durable. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
