/** Serves the console: its page, which browsers get at `/` (welcome.ts), and the files that the page loads, below `/assets/`. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { RouteOptions } from 'fastify'
import { CONSOLE_DIRECTORY } from '../../console/built-console.ts'
import { uploadKey } from '../../files/keys.ts'
import { everyBucket } from '../../files/object-store.ts'
import type { App, ServerParts } from '../parts.ts'
import { isDirectoryStore } from './files.ts'

/** The names of assets contain a hash of their content. Milliseconds. */
const ASSET_MAX_AGE = 365 * 86_400_000

/** A page in HTML with its Content-Security-Policy. */
export interface Page {
  readonly html: Buffer
  readonly policy: string
}

/**
 * Returns a function that reads the page of the console; null if it is not built. The page is read for each request, because it
 * names the assets of its own build, and the console may be built again while the server runs.
 */
export function consoleReader(parts: ServerParts): () => Promise<Page | null> {
  const path = join(parts.consoleDirectory ?? CONSOLE_DIRECTORY, 'index.html')
  let origins: Promise<readonly string[]> | null = null

  async function readOrigins(): Promise<readonly string[]> {
    origins ??= fileOrigins(parts)
    try {
      return await origins
    } catch {
      // No credentials at the moment. Only uploads need the origins, and they fail for the same reason.
      origins = null
      return []
    }
  }

  return async () => {
    const html = await readFile(path).catch(error => {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
      throw error
    })
    return html === null ? null : { html, policy: policyFor(await readOrigins()) }
  }
}

/** Everything comes from this server, except that files are uploaded to `origins`. Nothing inline runs or styles. */
function policyFor(origins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    ["connect-src 'self'", ...origins].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** The origins of signed URLs that differ from where the page comes from: those of the buckets, or of PUBLIC_URL. */
async function fileOrigins({ config, store }: ServerParts): Promise<readonly string[]> {
  if (isDirectoryStore(store)) return config.publicUrl === null ? [] : [new URL(config.publicUrl).origin]
  // A bucket can be part of the host.
  const signed = await Promise.all(everyBucket(store).map(bucket => bucket.uploadUrl(uploadKey('console'))))
  return [...new Set(signed.map(({ url }) => new URL(url).origin))]
}

/** The assets need no key: the page that loads them asks for it. */
export async function serveAssets(app: App, { consoleDirectory = CONSOLE_DIRECTORY }: ServerParts): Promise<void> {
  await app.register(async assets => {
    assets.addHook('onRoute', (route: RouteOptions) => {
      route.config = { ...route.config, open: true }
    })
    await assets.register(fastifyStatic, {
      root: join(consoleDirectory, 'assets'),
      prefix: '/assets/',
      decorateReply: false,
      // The folder may be built later.
      suppressWarning: true,
      dotfiles: 'ignore',
      preCompressed: true,
      maxAge: ASSET_MAX_AGE,
      immutable: true,
    })
  })
}
