/**
 * `npm run build:console`, and `--if-possible` after an installation: builds the console into console/dist, and compresses its files
 * once, so that the server sends them as they are. An installation without development dependencies has no Vite and keeps what is there.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const CONSOLE = join(import.meta.dirname, '../console')
/** Smaller files (bytes) are sent as they are. */
const COMPRESS_FROM = 1024

const vite = await import('vite').catch(() => null)
if (vite === null) {
  const message =
    'The console was not built: Vite is not installed. Run `npm ci` with development dependencies to build it.'
  if (!process.argv.includes('--if-possible')) throw new Error(message)
  console.log(message)
} else {
  await vite.build({ configFile: join(CONSOLE, 'vite.config.ts'), logLevel: 'warn' })
  await compressAssets(join(CONSOLE, 'dist/assets'))
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
