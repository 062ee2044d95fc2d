/** The console: the web page of this server. `npm run build:console` builds it. */
import { access, readdir, readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Two folders up from the source and from the compiled code, in `dist`. */
export const CONSOLE_DIRECTORY = fileURLToPath(new URL('../../console/dist/', import.meta.url))

const PAGE = 'index.html'
/** How often to look for a new build, at most. Milliseconds. */
const LOOK_EVERY = 1000

/** Whether the console is built. */
export async function hasConsole(directory: string = CONSOLE_DIRECTORY): Promise<boolean> {
  return await access(join(directory, PAGE)).then(
    () => true,
    () => false,
  )
}

/** The content of a file that the page loads, and the same compressed. */
export interface Asset {
  /** The media type. */
  readonly type: string
  readonly content: Buffer
  readonly br: Buffer | null
  readonly gzip: Buffer | null
}

export interface Build {
  readonly html: Buffer
  /** By name. The names contain a hash of the content. */
  readonly assets: ReadonlyMap<string, Asset>
}

/**
 * Returns a function that returns what is built; null if nothing is. Files are read once for each build and kept in memory, about
 * 1.5 MB, because requests for them need no key. The console may be built again while the server runs: the assets of the build
 * before stay, because pages that are open load some of them later.
 */
export function openConsole(directory: string = CONSOLE_DIRECTORY): () => Promise<Build | null> {
  let build: Build | null = null
  /** The assets of the last build alone. */
  let own: Build['assets'] = new Map()
  let identity: string | null = null
  let lookedAt = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | null = null

  async function look(): Promise<void> {
    const found = await identify(directory)
    if (found !== identity) {
      const read = found === null ? null : await readBuild(directory)
      // If it was built again in the meantime, the next look reads it again.
      identity = found !== null && found === (await identify(directory)) ? found : null
      build = read === null ? null : { ...read, assets: new Map([...own, ...read.assets]) }
      if (read !== null) own = read.assets
    }
    lookedAt = performance.now()
  }

  return async () => {
    if (looking === null && performance.now() - lookedAt >= LOOK_EVERY)
      looking = look().finally(() => {
        looking = null
      })
    // While a new build is read, pages get the one before.
    if (build === null) await looking
    else looking?.catch(() => {})
    return build
  }
}

/** Differs after each build; null without one. */
async function identify(directory: string): Promise<string | null> {
  const found = await absentAsNull(stat(join(directory, PAGE), { bigint: true }))
  return found === null ? null : `${found.ino} ${found.mtimeNs} ${found.size}`
}

async function readBuild(directory: string): Promise<Build | null> {
  const html = await absentAsNull(readFile(join(directory, PAGE)))
  if (html === null) return null
  const folder = join(directory, 'assets')
  const entries = (await absentAsNull(readdir(folder, { withFileTypes: true }))) ?? []
  const names = entries.filter(entry => entry.isFile() && !entry.name.startsWith('.')).map(entry => entry.name)
  const files = new Map<string, Buffer>()
  for (const name of names) {
    const content = await absentAsNull(readFile(join(folder, name)))
    if (content !== null) files.set(name, content)
  }
  const assets = new Map<string, Asset>()
  for (const [name, content] of files) {
    if (isCompressed(name)) continue
    const [br, gzip] = [files.get(`${name}.br`) ?? null, files.get(`${name}.gz`) ?? null]
    assets.set(name, { type: mediaType(name), content, br, gzip })
  }
  return { html, assets }
}

async function absentAsNull<T>(reading: Promise<T>): Promise<T | null> {
  return await reading.catch(error => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  })
}

function isCompressed(name: string): boolean {
  return name.endsWith('.br') || name.endsWith('.gz')
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'application/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
}

function mediaType(name: string): string {
  return TYPES[extname(name)] ?? 'application/octet-stream'
}
