/** Serves the console: its page, which browsers get at `/` (welcome.ts), and the files that the page loads, below `/assets/`. */
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import type { Asset, Build } from '../../console/built-console.ts'
import { ConnectraError } from '../../errors.ts'
import { everyBucket } from '../../files/object-store.ts'
import type { App, ServerParts } from '../parts.ts'
import { isDirectoryStore } from './files.ts'

/** The names of assets contain a hash of their content. Seconds. */
const ASSET_MAX_AGE = 365 * 86_400
/** Bytes. */
const PORTION = 64 * 1024

/** A page in HTML with its Content-Security-Policy. */
export interface Page {
  readonly html: Buffer
  readonly policy: string
}

/** Returns a function that returns the page of the console; null if it is not built. */
export function consoleReader(
  parts: Pick<ServerParts, 'config' | 'store'>,
  readBuild: () => Promise<Build | null>,
): () => Promise<Page | null> {
  let origins: Promise<readonly string[]> | null = null

  async function readOrigins(): Promise<readonly string[]> {
    origins ??= fileOrigins(parts)
    try {
      return await origins
    } catch {
      // The region is not known at the moment. Only uploads need the origins, and they fail for the same reason.
      origins = null
      return []
    }
  }

  return async () => {
    const build = await readBuild()
    return build === null ? null : { html: build.html, policy: policyFor(await readOrigins()) }
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
async function fileOrigins({ config, store }: Pick<ServerParts, 'config' | 'store'>): Promise<readonly string[]> {
  if (isDirectoryStore(store)) return config.publicUrl === null ? [] : [new URL(config.publicUrl).origin]
  const origins = await Promise.all(everyBucket(store).flatMap(bucket => bucket.uploadOrigin?.() ?? []))
  return [...new Set(origins)]
}

/** The assets need no key: the page that loads them asks for it. */
export function serveAssets(app: App, readBuild: () => Promise<Build | null>): void {
  app.get(
    '/assets/:name',
    {
      config: { open: true },
      compress: false,
      schema: { hide: true, params: Type.Object({ name: Type.String() }) },
    },
    async (request, reply) => {
      const asset = (await readBuild())?.assets.get(request.params.name)
      if (asset === undefined)
        throw new ConnectraError('ERR_NOT_FOUND', 'there is no such file of the console: load the page again')
      const [encoding, content] = encodingFor(asset, request.headers['accept-encoding'])
      if (encoding !== null) reply.header('Content-Encoding', encoding)
      if (asset.br !== null || asset.gzip !== null) reply.header('Vary', 'Accept-Encoding')
      reply.header('Cache-Control', `public, max-age=${ASSET_MAX_AGE}, immutable`).type(asset.type)
      // As a stream, because a buffer counts as memory that a client holds until it has read it. All clients share this one.
      reply.header('Content-Length', content.length)
      return await reply.send(Readable.from(portionsOf(content), { objectMode: false }))
    },
  )
}

function encodingFor({ content, br, gzip }: Asset, accepted = ''): readonly [encoding: string | null, content: Buffer] {
  const names = accepted
    .toLowerCase()
    .split(',')
    .map(part => part.trim().split(/\s*;\s*/))
    .flatMap(([name, ...parameters]) => (parameters.some(each => /^q=0(?:\.0*)?$/.test(each)) ? [] : [name]))
  if (br !== null && names.includes('br')) return ['br', br]
  return gzip !== null && names.includes('gzip') ? ['gzip', gzip] : [null, content]
}

function* portionsOf(content: Buffer): Generator<Buffer> {
  for (let start = 0; start < content.length; start += PORTION) yield content.subarray(start, start + PORTION)
}
