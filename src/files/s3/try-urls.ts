/** Uses signed URLs as clients do, with plain HTTP. */
import { ConnectraError } from '../../errors.ts'
import { uploadKey } from '../keys.ts'
import type { ObjectStore } from '../object-store.ts'
import type { Bucket } from './bucket.ts'

export interface UrlTrial {
  /** The host of the URLs. */
  readonly host: string
  /** The host cannot be reached from this machine: the reason. Null if it can. */
  readonly unreachable: string | null
  /** The origins whose pages may not upload, because of the CORS rules of the bucket. */
  readonly refusedOrigins: readonly string[]
}

const REPLY_WITHIN = 10_000

/** Throws an error in plain words if S3 refuses a URL or the file that comes back is another one. Leaves nothing behind. */
export async function tryUrls(bucket: Bucket, store: ObjectStore, origins: readonly string[]): Promise<UrlTrial> {
  const key = uploadKey('connectra-check.csv')
  const content = 'Connectra checks that signed URLs work. This object may be deleted.'
  const { url } = await store.uploadUrl(key)
  const { host } = new URL(url)
  const ask = async (to: string, init: RequestInit) =>
    await fetch(to, { ...init, signal: AbortSignal.timeout(REPLY_WITHIN) })
  try {
    const put = await ask(url, { method: 'PUT', body: content }).catch(reasonOf)
    if (typeof put === 'string') return { host, unreachable: put, refusedOrigins: [] }
    await assertAccepted(bucket, put, 'PUT')
    const got = await ask((await store.downloadUrl(key)).url, {})
    await assertAccepted(bucket, got, 'GET')
    const isSame = (await got.text()) === content
    if (!isSame || !got.headers.get('content-disposition')?.startsWith('attachment'))
      throw new ConnectraError(
        'ERR_UNAVAILABLE',
        `a file that was uploaded to ${host} with a signed URL came back changed: check what is between this machine and S3`,
      )
    const refused = await Promise.all(
      origins.map(async origin => ((await mayUpload(ask, url, origin)) ? [] : [origin])),
    )
    return { host, unreachable: null, refusedOrigins: refused.flat() }
  } finally {
    await store.delete(key)
  }
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message: string }
  return cause?.code ?? cause?.message ?? message
}

async function assertAccepted(bucket: Bucket, reply: Response, method: string): Promise<void> {
  if (reply.ok) return
  const code = /<Code>(\w+)<\/Code>/.exec(await reply.text())?.[1] ?? 'no reason given'
  throw new ConnectraError(
    'ERR_UNAVAILABLE',
    `S3 refuses a signed URL for a ${method} to the bucket "${bucket.name}" (status ${reply.status}, ${code}): check S3_PUBLIC_ENDPOINT and the clock, and that no policy forbids signed URLs`,
  )
}

/** Sends what a browser sends before a page uploads a file. */
async function mayUpload(
  ask: (url: string, init: RequestInit) => Promise<Response>,
  url: string,
  origin: string,
): Promise<boolean> {
  const reply = await ask(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type',
    },
  })
  await reply.body?.cancel()
  const allowed = reply.headers.get('access-control-allow-origin')
  const headers = reply.headers.get('access-control-allow-headers')?.toLowerCase() ?? ''
  return (
    reply.ok && (allowed === '*' || allowed === origin) && (headers.includes('content-type') || headers.includes('*'))
  )
}
