/**
 * The Chromium of tests and benchmarks: that of the package @sparticuz/chromium on Linux (x64), which needs no system package, else
 * the Chrome that is installed. CONNECTRA_TEST_BROWSER names another executable.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliDecompressSync } from 'node:zlib'
import bundled from '@sparticuz/chromium'
import type { LaunchOptions } from 'playwright-core'

const run = promisify(execFile)
const MODULES = fileURLToPath(new URL('../../../node_modules/', import.meta.url))
const PACKAGE = join(MODULES, '@sparticuz/chromium')

/** What to launch. */
export async function findBrowser(): Promise<LaunchOptions> {
  const given = process.env.CONNECTRA_TEST_BROWSER
  if (given) return { executablePath: given }
  if (process.platform !== 'linux' || process.arch !== 'x64') return { channel: 'chrome' }
  const folder = await unpackBrowser()
  const executablePath = join(folder, 'chromium')
  const { stdout } = await run('ldd', [executablePath])
  // A machine without a desktop often lacks NSS.
  const libraries = stdout.includes('not found') ? { LD_LIBRARY_PATH: join(folder, 'al2023/lib') } : {}
  return { executablePath, args: ['--no-sandbox'], env: { ...(process.env as Record<string, string>), ...libraries } }
}

/** Unpacks the browser once per version of the package, which takes seconds and 200 MB. Returns its folder. */
async function unpackBrowser(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8'))
  const folder = join(MODULES, `.cache/chromium-${version}`)
  if (existsSync(folder)) return folder
  await mkdir(join(MODULES, '.cache'), { recursive: true })
  const fresh = await mkdtemp(`${folder}-`)
  try {
    await unpackInto(fresh)
    // Whole or not at all: a run that is stopped before leaves nothing half done under this name.
    await rename(fresh, folder)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    // Another run was faster.
    if (!existsSync(folder)) throw error
  }
  return folder
}

/** The package unpacks into the folder for temporary files, where others may find half a browser. */
async function unpackInto(folder: string): Promise<void> {
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    await bundled.executablePath()
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
  await unpackLibraries(join(folder, 'al2023'))
}

async function unpackLibraries(folder: string): Promise<void> {
  await mkdir(folder)
  const archive = join(folder, 'al2023.tar')
  await writeFile(archive, brotliDecompressSync(await readFile(join(PACKAGE, 'bin/al2023.tar.br'))))
  await run('tar', ['-x', '-C', folder, '-f', archive])
  await rm(archive)
}
