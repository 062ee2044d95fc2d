/** Arguments that name files or contain JSON. */
import { access, constants, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { ConnectraError } from '../errors.ts'
import { describePathError, plainReason } from '../files/path-errors.ts'
import { assertMayWrite } from '../files/whole-file.ts'

/** Parses `source`: inline JSON, or the name of a JSON file. */
export async function readJson(source: string, option: string): Promise<unknown> {
  const text = /^\s*[{[]/.test(source) ? source : await readText(source)
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new InvalidArgumentError(`${option} is not valid JSON: ${(error as Error).message}`)
  }
}

async function readText(file: string): Promise<string> {
  await assertReadable(file)
  return await readFile(file === '-' ? '/dev/stdin' : file, 'utf8')
}

/** Runs `check` on job data and reports its errors as wrong usage of the command. */
export function checkedData<T>(option: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (error instanceof ConnectraError) throw new InvalidArgumentError(`${option}: ${error.message}`)
    throw error
  }
}

/** Reports an unreadable file as wrong usage of the command. `-` is standard input and always passes. */
export async function assertReadable(file: string): Promise<void> {
  if (file === '-') return
  await access(file, constants.R_OK).catch(error => {
    throw new InvalidArgumentError(
      describePathError(error, 'read', file) ?? `cannot read ${file}: ${plainReason(error)}`,
    )
  })
  if ((await stat(file)).isDirectory()) throw new InvalidArgumentError(`${file} is a directory, not a file`)
}

/** Checks that a file can be written there, before any work is done. `replace`: whether it may exist. */
export async function assertWritable(file: string, replace: boolean): Promise<void> {
  if (file === '-') return
  const folder = dirname(file)
  await access(folder, constants.W_OK).catch(error => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const problem = missing ? null : describePathError(error, 'write', folder)
    throw new InvalidArgumentError(problem ?? `there is no directory ${folder}`)
  })
  await assertMayWrite(file, replace)
}
