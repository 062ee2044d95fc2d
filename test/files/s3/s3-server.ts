/**
 * A small S3 server in memory, for tests. It verifies signatures, refuses what S3 refuses, and fails on request. Path-style URLs only.
 */
import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { type Credentials, signatureProblem } from './verify-signature.ts'

/** How the next request that matches fails. */
export interface Fault {
  /** Of `METHOD /path?query`. */
  readonly on: RegExp
  /** How many requests fail. Default: one. */
  readonly times?: number
  /** Sends this error. */
  readonly reply?: { readonly status: number; readonly code: string }
  /** Closes the connection after this many bytes of the body. */
  readonly cutAfter?: number
  /** Sends this many bytes of the body and then nothing more. */
  readonly stallAfter?: number
}

export interface S3Server {
  readonly url: string
  readonly credentials: Credentials
  /** Bucket → key → content. */
  readonly buckets: Map<string, Map<string, StoredObject>>
  /** Uploads that are neither completed nor aborted, by ID. */
  readonly uploads: ReadonlyMap<string, Upload>
  /** `METHOD /path?query` of every request. */
  readonly requests: string[]
  /** Bytes of objects that were sent. */
  bytesSent(): number
  fail(fault: Fault): void
  /** Origins whose pages may upload. */
  allowOrigins(origins: readonly string[]): void
  close(): Promise<void>
}

export interface StoredObject {
  readonly content: Buffer
  readonly etag: string
  readonly modifiedAt: Date
}

interface Upload {
  readonly bucket: string
  readonly key: string
  readonly startedAt: Date
  readonly parts: Map<number, StoredObject>
}

/** Objects in a page of a list. */
const PAGE = 3
/** Bytes that are sent at a time, as fast as the client reads. */
const SLICE = 1 << 16

interface State {
  readonly credentials: Credentials
  readonly buckets: Map<string, Map<string, StoredObject>>
  readonly uploads: Map<string, Upload>
  readonly requests: string[]
  faults: (Fault & { left: number })[]
  origins: readonly string[]
  bytesSent: number
}

class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string) {
    super(code)
    this.status = status
    this.code = code
  }
}

export async function startS3Server(
  buckets: readonly string[],
  credentials: Credentials = { accessKeyId: 'test-key', secretAccessKey: 'test-secret' },
): Promise<S3Server> {
  const state: State = {
    credentials,
    buckets: new Map(buckets.map(name => [name, new Map()])),
    uploads: new Map(),
    requests: [],
    faults: [],
    origins: [],
    bytesSent: 0,
  }
  const server = createServer((request, response) => {
    handle(state, request, response).catch(error => {
      if (error instanceof Refusal) refuse(request, response, error)
      else response.destroy(error)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials,
    buckets: state.buckets,
    uploads: state.uploads,
    requests: state.requests,
    bytesSent: () => state.bytesSent,
    fail: fault => void state.faults.push({ ...fault, left: fault.times ?? 1 }),
    allowOrigins(origins) {
      state.origins = origins
    },
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

async function handle(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const line = `${request.method} ${request.url}`
  state.requests.push(line)
  if (request.method === 'OPTIONS') {
    preflight(state, request, response)
    return
  }
  const fault = state.faults.find(({ on, left }) => left > 0 && on.test(line)) ?? null
  if (fault !== null) fault.left--
  // S3 needs to know the length in advance.
  if (request.method === 'PUT' && request.headers['content-length'] === undefined) {
    request.resume()
    throw new Refusal(411, 'MissingContentLength')
  }
  const body = await buffer(request)
  if (fault?.reply) throw new Refusal(fault.reply.status, fault.reply.code)
  const problem = signatureProblem(request, body, state.credentials)
  if (problem !== null) throw new Refusal(403, problem)
  const url = new URL(request.url!, 'http://host')
  const [, bucketName, ...path] = url.pathname.split('/').map(decodeURIComponent)
  const objects = state.buckets.get(bucketName!)
  if (objects === undefined) throw new Refusal(404, 'NoSuchBucket')
  const key = path.join('/')
  const target: Target = { state, request, response, query: url.searchParams, bucket: bucketName!, objects, key, body }
  if (key === '') readBucket(target)
  else if (url.searchParams.has('uploadId') || url.searchParams.has('uploads')) handleUpload(target)
  else if (request.method === 'PUT') putObject(target)
  else if (request.method === 'DELETE') {
    objects.delete(key)
    response.writeHead(204).end()
  } else await readObject(target, fault)
}

interface Target {
  readonly state: State
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly query: URLSearchParams
  readonly bucket: string
  readonly objects: Map<string, StoredObject>
  readonly key: string
  readonly body: Buffer
}

function refuse(request: IncomingMessage, response: ServerResponse, { status, code }: Refusal): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(request.method === 'HEAD' ? '' : `<Error><Code>${code}</Code><Message>${code}</Message></Error>`)
}

function sendXml(response: ServerResponse, xml: string): void {
  response.writeHead(200, { 'content-type': 'application/xml' }).end(`<?xml version="1.0" encoding="UTF-8"?>${xml}`)
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function stored(content: Buffer, suffix = ''): StoredObject {
  const etag = `"${createHash('md5').update(content).digest('hex')}${suffix}"`
  return { content, etag, modifiedAt: new Date() }
}

function preflight({ origins }: State, request: IncomingMessage, response: ServerResponse): void {
  const { origin = '' } = request.headers
  if (!origins.includes(origin) && !origins.includes('*')) throw new Refusal(403, 'AccessForbidden')
  response.writeHead(200, {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'PUT',
    'access-control-allow-headers': String(request.headers['access-control-request-headers']),
  })
  response.end()
}

function readBucket({ state, request, response, query, bucket, objects }: Target): void {
  if (request.method !== 'GET') throw new Refusal(405, 'MethodNotAllowed')
  const prefix = query.get('prefix') ?? ''
  if (query.has('uploads')) {
    const found = [...state.uploads].filter(([, upload]) => upload.bucket === bucket && upload.key.startsWith(prefix))
    const xml = found.map(
      ([id, { key, startedAt }]) =>
        `<Upload><Key>${escapeXml(key)}</Key><UploadId>${id}</UploadId><Initiated>${startedAt.toISOString()}</Initiated></Upload>`,
    )
    sendXml(
      response,
      `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${xml.join('')}</ListMultipartUploadsResult>`,
    )
    return
  }
  const after = query.get('continuation-token') ?? ''
  const keys = [...objects.keys()].filter(key => key.startsWith(prefix) && key > after).sort()
  const page = keys.slice(0, Math.min(PAGE, Number(query.get('max-keys') ?? PAGE)))
  const next =
    keys.length > page.length ? `<NextContinuationToken>${escapeXml(page.at(-1)!)}</NextContinuationToken>` : ''
  const xml = page.map(
    key =>
      `<Contents><Key>${escapeXml(key)}</Key><LastModified>${objects.get(key)!.modifiedAt.toISOString()}</LastModified></Contents>`,
  )
  sendXml(
    response,
    `<ListBucketResult><IsTruncated>${next !== ''}</IsTruncated>${next}${xml.join('')}</ListBucketResult>`,
  )
}

function assertCreatable({ request, objects, key }: Target): void {
  if (request.headers['if-none-match'] === '*' && objects.has(key)) throw new Refusal(412, 'PreconditionFailed')
}

function putObject(target: Target): void {
  assertCreatable(target)
  const object = stored(target.body)
  target.objects.set(target.key, object)
  target.response.writeHead(200, { etag: object.etag }).end()
}

function handleUpload(target: Target): void {
  const { state, request, response, query, bucket, key, body } = target
  if (query.has('uploads')) {
    const id = randomUUID()
    state.uploads.set(id, { bucket, key, startedAt: new Date(), parts: new Map() })
    sendXml(response, `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`)
    return
  }
  const id = query.get('uploadId')!
  const upload = state.uploads.get(id)
  if (upload?.key !== key) throw new Refusal(404, 'NoSuchUpload')
  if (request.method === 'DELETE') {
    state.uploads.delete(id)
    response.writeHead(204).end()
  } else if (request.method === 'PUT') {
    const part = stored(body)
    upload.parts.set(Number(query.get('partNumber')), part)
    response.writeHead(200, { etag: part.etag }).end()
  } else completeUpload(target, id, upload)
}

function completeUpload(target: Target, id: string, { parts }: Upload): void {
  const listed = [...target.body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part]) => ({
    number: Number(/<PartNumber>(\d+)</.exec(part!)![1]),
    etag: /<ETag>(.*?)</.exec(part!)![1]!.replaceAll('&quot;', '"'),
  }))
  const isOrdered = listed.every(({ number }, at) => at === 0 || number > listed[at - 1]!.number)
  if (!isOrdered) throw new Refusal(400, 'InvalidPartOrder')
  const contents = listed.map(({ number, etag }) => {
    const part = parts.get(number)
    if (part?.etag !== etag) throw new Refusal(400, 'InvalidPart')
    return part.content
  })
  const sizes = new Set(contents.slice(0, -1).map(content => content.length))
  if (sizes.size > 1) throw new Refusal(400, 'EntityTooSmall')
  assertCreatable(target)
  const object = stored(Buffer.concat(contents), `-${contents.length}`)
  target.objects.set(target.key, object)
  target.state.uploads.delete(id)
  sendXml(
    target.response,
    `<CompleteMultipartUploadResult><ETag>${escapeXml(object.etag)}</ETag></CompleteMultipartUploadResult>`,
  )
}

async function readObject(
  { state, request, response, query, objects, key }: Target,
  fault: Fault | null,
): Promise<void> {
  const object = objects.get(key)
  if (object === undefined) throw new Refusal(404, 'NoSuchKey')
  const condition = request.headers['if-match']
  if (condition !== undefined && condition !== object.etag) throw new Refusal(412, 'PreconditionFailed')
  const { length } = object.content
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
  const start = Number(match?.[1] ?? 0)
  const end = match?.[2] ? Math.min(Number(match[2]), length - 1) : length - 1
  if (match && start >= length) throw new Refusal(416, 'InvalidRange')
  const type = query.get('response-content-type')
  const disposition = query.get('response-content-disposition')
  response.writeHead(match ? 206 : 200, {
    etag: object.etag,
    'last-modified': object.modifiedAt.toUTCString(),
    'content-length': end - start + 1,
    ...(match ? { 'content-range': `bytes ${start}-${end}/${length}` } : {}),
    ...(type ? { 'content-type': type } : {}),
    ...(disposition ? { 'content-disposition': disposition } : {}),
  })
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  const content = object.content.subarray(start, end + 1)
  const cut = fault?.cutAfter ?? fault?.stallAfter
  const sent = content.subarray(0, cut)
  response.flushHeaders()
  function* slices(): Generator<Buffer> {
    for (let at = 0; at < sent.length; at += SLICE) {
      const slice = sent.subarray(at, at + SLICE)
      state.bytesSent += slice.length
      yield slice
    }
  }
  // The client may go away.
  await pipeline(Readable.from(slices()), response, { end: cut === undefined }).catch(() => {})
  if (fault?.cutAfter === undefined) return
  // What was written is on its way only after this turn of the event loop.
  await setImmediate()
  response.destroy()
}
