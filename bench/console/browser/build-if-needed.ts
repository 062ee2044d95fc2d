/** Builds the console if its sources are newer than the last build: a measurement or a test of an old page would be of no use. */
import { execFile } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { hasConsole } from '../../../src/console/built-console.ts'

const ROOT = join(import.meta.dirname, '../../..')

export async function buildIfNeeded(): Promise<void> {
  const sources = newest('console/{index.html,vite.config.ts,src/**/*.*}')
  if ((await hasConsole()) && sources <= newest('console/dist/index.html')) return
  await promisify(execFile)('npm', ['run', 'build:console'], { cwd: ROOT })
}

function newest(pattern: string): number {
  return Math.max(...globSync(pattern, { cwd: ROOT }).map(path => statSync(join(ROOT, path)).mtimeMs))
}
