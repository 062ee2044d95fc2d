/**
 * `npm run build:console`, and `--if-possible` after an installation: builds the console into console/dist, and compresses its files
 * once, so that the server sends them as they are. The files are written into another folder, which then replaces the one before: a
 * running server never sees half of a build. An installation without development dependencies has no Vite and keeps what is there.
 */
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const CONSOLE = join(import.meta.dirname, '../console')
const BUILT = join(CONSOLE, 'dist')
const NEXT = join(CONSOLE, 'dist.next')
const PREVIOUS = join(CONSOLE, 'dist.previous')
/** Smaller files (bytes) are sent as they are. */
const COMPRESS_FROM = 1024

const vite = await import('vite').catch(() => null)
if (vite === null) {
  const message =
    'The console was not built: Vite is not installed. Run `npm ci` with development dependencies to build it.'
  if (!process.argv.includes('--if-possible')) throw new Error(message)
  console.log(message)
} else {
  const build = { outDir: NEXT, emptyOutDir: true }
  await vite.build({ configFile: join(CONSOLE, 'vite.config.ts'), logLevel: 'warn', build })
  await compressAssets(join(NEXT, 'assets'))
  await rm(PREVIOUS, { recursive: true, force: true })
  await rename(BUILT, PREVIOUS).catch(error => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  })
  await rename(NEXT, BUILT)
  await rm(PREVIOUS, { recursive: true, force: true })
}

async function compressAssets(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name)
    const content = await readFile(path)
    if (content.length < COMPRESS_FROM) continue
    const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
    await writeFile(`${path}.br`, brotliCompressSync(content, { params }))
    await writeFile(`${path}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION }))
  }
}
