/** Writes a file that appears under its name only when it is complete and durable. Until then, an existing file stays in place. */
import { open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'
import { ConnectraError } from '../errors.ts'
import { describePathError, plainReason } from './path-errors.ts'

export interface WholeFileOptions {
  /** Whether to replace an existing file. Otherwise an existing file is ERR_CONFLICT. */
  readonly replace: boolean
  /** Permissions, as for `open`. */
  readonly mode: number
}

/** Throws ERR_CONFLICT if there is anything else than a file, or a file that is not to be replaced. Returns whether there is a file. */
export async function assertMayWrite(name: string, replace: boolean): Promise<boolean> {
  const there = await stat(name).catch(() => null)
  if (there !== null && !there.isFile())
    throw new ConnectraError('ERR_CONFLICT', `${name} is not a regular file: name a file, or - for standard output`)
  if (there !== null && !replace)
    throw new ConnectraError(
      'ERR_CONFLICT',
      `${name} already exists: choose another name, or overwrite it with --force`,
    )
  return there !== null
}

/** `write` has to end the stream. On an error nothing is left behind, and an existing file is unchanged. */
export async function writeWholeFile<T>(
  name: string,
  { replace, mode }: WholeFileOptions,
  write: (destination: Writable) => Promise<T>,
): Promise<T> {
  const there = await assertMayWrite(name, replace)
  // Follows a symbolic link, so that it stays one.
  const path = there ? await realpath(name) : name
  // In the same directory, because a rename is atomic only within a file system.
  const partial = `${path}.${process.pid}.part`
  try {
    // In a container, a process that was killed may have had the same ID.
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
    const problem = describePathError(error, 'write', name) ?? `cannot write ${name}: ${plainReason(error)}`
    throw new ConnectraError('ERR_UNAVAILABLE', problem, { cause: error })
  }
}

/** Errors of other calls, such as those of a connection, are not about the file. */
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
