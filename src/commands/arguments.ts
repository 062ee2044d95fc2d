/** Arguments that name files, or hold JSON. */
import { access, constants, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InvalidArgumentError } from 'commander'
import { ConnectraError } from '../errors.ts'

/** JSON as it stands, or a file that holds it. */
export async function readJson(source: string, option: string): Promise<unknown> {
  const text = /^\s*[{[]/.test(source) ? source : await readText(source)
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new InvalidArgumentError(`${option} is no JSON: ${(error as Error).message}`)
  }
}

async function readText(file: string): Promise<string> {
  await assertReadable(file)
  return await readFile(file === '-' ? '/dev/stdin' : file, 'utf8')
}

/** What `check` finds wrong with the data of a job is wrong usage of the command. */
export function checkedData<T>(option: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (error instanceof ConnectraError) throw new InvalidArgumentError(`${option}: ${error.message}`)
    throw error
  }
}

/** What cannot be read is wrong usage of the command; `-`, standard input, can be. */
export async function assertReadable(file: string): Promise<void> {
  if (file === '-') return
  await access(file, constants.R_OK).catch(error => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new InvalidArgumentError(missing ? `there is no file ${file}` : `${file} may not be read`)
  })
  if ((await stat(file)).isDirectory()) throw new InvalidArgumentError(`${file} is a folder`)
}

/** The same of a file that is to be written: known before the work is done. */
export async function assertFolderOf(file: string): Promise<void> {
  if (file === '-') return
  const folder = dirname(file)
  await access(folder, constants.W_OK).catch(error => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new InvalidArgumentError(
      missing ? `there is no folder ${folder} for ${file}` : `nothing may be written into ${folder}`,
    )
  })
}
