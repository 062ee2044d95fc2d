/** Signed URLs for files. If this server stores the files in its own directory, also the uploads and downloads that use them. */
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { ConnectraError } from '../../errors.ts'
import type { DirectoryStore } from '../../files/directory.ts'
import { contentType, disposition } from '../../files/download-headers.ts'
import { PREFIXES, uploadKey } from '../../files/keys.ts'
import { type ByteRange, fileExists, fileTooLarge, type ObjectStore, selectBucket } from '../../files/object-store.ts'
import { durationText } from '../../files/signing.ts'
import type { App, HttpConfig, ServerParts } from '../parts.ts'
import { success } from '../schemas.ts'
import { serverAddress } from '../server-address.ts'
import { checkedAs, checkNothing } from '../validation.ts'

const bucket = Type.Optional(
  Type.String({ description: 'One of the buckets of the server. Ignored if files are not in S3' }),
)
const expiresIn = Type.String({ examples: ['24h0m0s'] })

export function fileRoutes(app: App, { config, store }: ServerParts): void {
  uploadUrlRoute(app, store, config)
  downloadUrlRoute(app, store, config)
  if (isDirectoryStore(store)) signedRoutes(app, store)
}

function uploadUrlRoute(app: App, store: ObjectStore, config: HttpConfig): void {
  app.get(
    '/common/upload-url',
    {
      schema: {
        tags: ['Files'],
        operationId: 'getUploadUrl',
        summary: 'Get a URL for one upload',
        description:
          'Send the file with HTTP PUT to `upload_url`, which takes one file; any Content-Type is accepted. Then create a job with `s3_key`.',
        querystring: Type.Object({
          filename: Type.String({ pattern: '\\S', description: 'The name of the file', examples: ['contacts.csv'] }),
          s3_bucket: bucket,
        }),
        response: success({ upload_url: Type.String(), s3_key: Type.String(), expires_in: expiresIn }),
      },
      validatorCompiler: checkedAs({
        querystring: Type.Object({ filename: Type.String({ 'x-missing': 'ERR_MISSING_FILENAME' }), s3_bucket: bucket }),
      }),
    },
    async request => {
      const { filename, s3_bucket } = request.query
      if (filename.trim() === '')
        throw new ConnectraError('ERR_MISSING_FILENAME', 'filename is empty: send the name of the file')
      const key = uploadKey(filename)
      const { url, expiresIn } = await selectBucket(store, s3_bucket ?? null).uploadUrl(
        key,
        serverAddress(request, config),
      )
      return { success: true, upload_url: url, s3_key: key, expires_in: durationText(expiresIn) } as const
    },
  )
}

function downloadUrlRoute(app: App, store: ObjectStore, config: HttpConfig): void {
  app.get(
    '/common/download-url',
    {
      schema: {
        tags: ['Files'],
        operationId: 'getDownloadUrl',
        summary: 'Get a URL to download a file',
        description: 'The URL needs no API key.',
        querystring: Type.Object({
          s3_key: Type.String({
            description: 'The key of the file',
            pattern: `^(${PREFIXES.join('|')})/[^/]+$`,
            examples: ['exports/uuid_contacts.csv'],
          }),
          s3_bucket: bucket,
        }),
        response: success({ download_url: Type.String(), s3_key: Type.String(), expires_in: expiresIn }),
      },
      validatorCompiler: checkedAs({ querystring: Type.Object({ s3_key: Type.String(), s3_bucket: bucket }) }),
    },
    async request => {
      const { s3_key: key, s3_bucket } = request.query
      const files = selectBucket(store, s3_bucket ?? null)
      if ((await files.size(key)) === null) throw new ConnectraError('ERR_NOT_FOUND', `there is no file "${key}"`)
      const { url, expiresIn } = await files.downloadUrl(key, serverAddress(request, config))
      return { success: true, download_url: url, s3_key: key, expires_in: durationText(expiresIn) } as const
    },
  )
}

/** Whether the server itself takes uploads and answers downloads. */
export function isDirectoryStore(store: ObjectStore): store is DirectoryStore {
  return 'verify' in store
}

interface FileParams {
  readonly folder: string
  readonly name: string
}

function keyOf({ folder, name }: FileParams): string {
  return `${folder}/${name}`
}

const signedSchema = {
  tags: ['Files'],
  params: Type.Object({
    folder: Type.String({ description: 'The first part of the `s3_key`' }),
    name: Type.String({ description: 'The rest of the `s3_key`' }),
  }),
  querystring: Type.Object({
    expires: Type.String({ description: 'When the URL expires, in seconds since 1970' }),
    max_bytes: Type.Optional(Type.String({ description: 'Of an upload: the maximum size of the file' })),
    signature: Type.String({ description: 'Grants access to this file' }),
  }),
}

const text = { schema: Type.String() }
const content = { schema: Type.String({ format: 'binary' }) }
const fileContent = {
  'text/csv': text,
  'application/x-ndjson': text,
  'application/gzip': content,
  'application/octet-stream': content,
}

/** No API key is needed: the signature in the URL grants access. */
function signedRoutes(app: App, store: DirectoryStore): void {
  app.register(async files => {
    files.removeAllContentTypeParsers()
    files.addContentTypeParser(
      '*',
      (_request: unknown, payload: Readable, done: (error: null, body: Readable) => void) => done(null, payload),
    )
    putFileRoute(files, store)
    getFileRoute(files, store)
  })
}

function putFileRoute(files: App, store: DirectoryStore): void {
  files.put<{ Params: FileParams; Querystring: Record<string, unknown>; Body: Readable | undefined }>(
    '/files/:folder/:name',
    {
      config: { open: true, takesFile: true },
      decompress: false,
      schema: {
        ...signedSchema,
        operationId: 'putFile',
        summary: 'Upload a file to a signed URL',
        description: 'Any Content-Type is accepted.',
        body: Type.Unsafe<Readable>({
          description: 'The content of the file',
          content: { 'application/octet-stream': content },
        }),
        response: success({ s3_key: Type.String(), size: Type.Integer({ description: 'Bytes' }) }),
      },
      validatorCompiler: checkNothing,
    },
    async request => {
      const key = keyOf(request.params)
      const grant = store.verify('PUT', key, request.query)
      // `put` checks this again at the end. Without this check a client would send 10 GB in vain.
      if ((await store.size(key)) !== null) throw fileExists(key)
      if (Number(request.headers['content-length']) > grant.maxBytes) throw fileTooLarge(grant.maxBytes)
      // A rejected upload gets a reply, so its connection has to stay open.
      const content = request.body?.iterator({ destroyOnReturn: false }) ?? Readable.from([])
      const size = await store.put(key, content, { isNew: true, maxBytes: grant.maxBytes })
      return { success: true, s3_key: key, size }
    },
  )
}

function getFileRoute(files: App, store: DirectoryStore): void {
  files.route<{ Params: FileParams; Querystring: Record<string, unknown> }>({
    url: '/files/:folder/:name',
    method: ['GET', 'HEAD'],
    config: { open: true },
    compress: false,
    schema: {
      ...signedSchema,
      operationId: 'getFile',
      summary: 'Download a file from a signed URL',
      description: 'A single byte range is supported.',
      response: {
        200: { description: 'The file', content: fileContent },
        206: { description: 'A part of the file', content: fileContent },
        416: { description: 'The range is outside of the file', content: { 'text/plain': { schema: Type.String() } } },
      },
    },
    validatorCompiler: checkNothing,
    handler: async (request, reply) => {
      const key = keyOf(request.params)
      store.verify('GET', key, request.query)
      const size = await store.size(key)
      if (size === null) throw new ConnectraError('ERR_NOT_FOUND', `there is no file "${key}"`)
      const range = byteRange(request.headers.range, size)
      reply.header('Content-Disposition', disposition(key)).header('Accept-Ranges', 'bytes').type(contentType(key))
      reply.header('Cache-Control', 'private, no-store')
      if (range === 'unsatisfiable')
        return await reply.status(416).header('Content-Range', `bytes */${size}`).type('text/plain').send('')
      if (range) reply.status(206).header('Content-Range', `bytes ${range.start}-${range.end}/${size}`)
      reply.header('Content-Length', range ? range.end - range.start + 1 : size)
      return await reply.send(request.method === 'HEAD' ? null : await store.get(key, range ?? undefined))
    },
  })
}

/** RFC 9110, section 14.2. Only a single range is supported. For several or invalid ranges the reply is the whole file. */
function byteRange(header: string | undefined, size: number): Required<ByteRange> | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return null
  const [, first, last] = match
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null
  return start < size && start <= end ? { start, end } : 'unsatisfiable'
}
