/** Verifies AWS Signature Version 4, in headers and in the query string, as S3 and other services do. */
import { createHash, createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary credentials. Has to be signed, too. */
  readonly sessionToken?: string
}

const UNSIGNED = 'UNSIGNED-PAYLOAD'

/** Returns S3's error code; null if the signature is valid. `body` is null for a body that is not read. */
export function signatureProblem(request: IncomingMessage, body: Buffer | null, known: Credentials): string | null {
  const url = new URL(request.url!, 'http://host')
  const signed = url.searchParams.has('X-Amz-Signature') ? readQuery(url) : readHeaders(request)
  if (signed === null) return 'AccessDenied'
  const [accessKeyId, ...scope] = signed.credential.split('/')
  if (accessKeyId !== known.accessKeyId) return 'InvalidAccessKeyId'
  if (known.sessionToken !== undefined) {
    if (request.headers['x-amz-security-token'] !== known.sessionToken) return 'InvalidToken'
    if (!signed.headers.includes('x-amz-security-token')) return 'SignatureDoesNotMatch'
  }
  const hashes = [UNSIGNED, sha256(body ?? Buffer.alloc(0))]
  if (!hashes.includes(signed.payload)) return 'XAmzContentSHA256Mismatch'
  const expected = sign(known.secretAccessKey, scope, signed.date, canonical(request, url, signed, scope[2]))
  if (expected !== signed.signature) return 'SignatureDoesNotMatch'
  const age = (Date.now() - timeOf(signed.date)) / 1000
  if (signed.expires !== null && age > signed.expires) return 'AccessDenied'
  return Math.abs(age) > 900 && signed.expires === null ? 'RequestTimeTooSkewed' : null
}

interface Signed {
  readonly credential: string
  readonly headers: readonly string[]
  readonly signature: string
  /** As in `20260102T030405Z`. */
  readonly date: string
  /** The SHA-256 of the body, or UNSIGNED. */
  readonly payload: string
  /** Seconds; null for a signature in headers. */
  readonly expires: number | null
}

function readQuery({ searchParams }: URL): Signed | null {
  const get = (name: string) => searchParams.get(`X-Amz-${name}`) ?? ''
  const expires = Number(get('Expires'))
  if (!(expires >= 1 && expires <= 7 * 86_400)) return null
  return {
    credential: get('Credential'),
    headers: get('SignedHeaders').split(';'),
    signature: get('Signature'),
    date: get('Date'),
    payload: searchParams.get('X-Amz-Content-Sha256') ?? UNSIGNED,
    expires,
  }
}

function readHeaders({ headers }: IncomingMessage): Signed | null {
  const match = /^AWS4-HMAC-SHA256 Credential=(.+), SignedHeaders=(.+), Signature=(\w+)$/.exec(
    headers.authorization ?? '',
  )
  if (match === null) return null
  return {
    credential: match[1]!,
    headers: match[2]!.split(';'),
    signature: match[3]!,
    date: String(headers['x-amz-date']),
    payload: String(headers['x-amz-content-sha256']),
    expires: null,
  }
}

function canonical(
  request: IncomingMessage,
  url: URL,
  { headers, payload }: Signed,
  service: string | undefined,
): string {
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
  const path = request.url!.split('?')[0]!
  return [
    request.method,
    // Only S3 takes the path as it was sent.
    service === 's3' ? path : path.split('/').map(encode).join('/'),
    query.join('&'),
    ...headers.map(name => `${name}:${String(request.headers[name]).trim()}`),
    '',
    headers.join(';'),
    payload,
  ].join('\n')
}

function sign(secret: string, scope: readonly string[], date: string, text: string): string {
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(text)].join('\n')
  let key: Buffer = Buffer.from(`AWS4${secret}`)
  for (const part of scope) key = createHmac('sha256', key).update(part).digest()
  return createHmac('sha256', key).update(toSign).digest('hex')
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
}

function timeOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}
