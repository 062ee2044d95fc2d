/** Programs that are built with Go from the module proxy. They stay in the cache of node_modules. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { lastWords } from './last-words.ts'

export interface GoProgram {
  readonly name: string
  /** The path of its package, which ends with its name. */
  readonly source: string
  readonly version: string
}

const run = promisify(execFile)
const CACHE = join(import.meta.dirname, '../../../node_modules/.cache')
/** Milliseconds. */
const BUILD_WITHIN = 900_000

/** What is missing on this machine, or null if the program is there. */
export async function missingForGoProgram(program: GoProgram): Promise<string | null> {
  if (existsSync(pathOf(program))) return null
  const go = await run('go', ['version']).catch(() => null)
  if (go === null) return 'Go (go)'
  return await buildGoProgram(program).then(
    () => null,
    error => `${program.name} ${program.version}, which could not be downloaded and built (${lastWords(error)}),`,
  )
}

/** Returns the path of the program. */
export async function buildGoProgram(program: GoProgram): Promise<string> {
  const path = pathOf(program)
  if (!existsSync(path))
    await run('go', ['install', `${program.source}@${program.version}`], {
      // Programs may need a newer Go than that of this machine, which then downloads it. Some distributions turn that off.
      env: { GOTOOLCHAIN: 'auto', ...process.env, GOBIN: join(path, '..') },
      timeout: BUILD_WITHIN,
    })
  return path
}

function pathOf({ name, version }: GoProgram): string {
  return join(CACHE, `${name}-${version}`, name)
}
