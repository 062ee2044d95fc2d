/** Signed URLs for files and, for files in this server's directory, the two requests that they stand for. */
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { ConnectraError } from '../../errors.ts'
import type { DirectoryStore } from '../../files/directory.ts'
import { uploadKey } from '../../files/keys.ts'
import { type ByteRange, fileTooLarge, type ObjectStore } from '../../files/object-store.ts'
import { durationText } from '../../files/signing.ts'
import type { App, ServerParts } from '../parts.ts'
import { success } from '../schemas.ts'
import { checkedByHandler } from '../validation.ts'

export function fileRoutes(app: App, parts: ServerParts): void {
  const { store } = parts
  const bucket = Type.Optional(Type.String({ description: 'May be left out' }))
  const expiresIn = Type.String({ examples: ['24h0m0s'] })

  app.get(
    '/common/upload-url',
    {
      schema: {
        tags: ['Files'],
        operationId: 'getUploadUrl',
        summary: 'A URL that takes one upload',
        description:
          'Send the file by HTTP PUT to `upload_url`, with any or no Content-Type; then create a job with `s3_key`.',
        querystring: Type.Object({
          filename: Type.String({ 'x-missing': 'ERR_MISSING_FILENAME', examples: ['contacts.csv'] }),
          s3_bucket: bucket,
        }),
        response: success({ upload_url: Type.String(), s3_key: Type.String(), expires_in: expiresIn }),
      },
    },
    async request => {
      const { filename } = request.query
      if (filename.trim() === '') throw new ConnectraError('ERR_MISSING_FILENAME', 'filename is empty: name the file')
      const key = uploadKey(filename)
      const { url, expiresIn } = await store.uploadUrl(key)
      return { success: true, upload_url: url, s3_key: key, expires_in: durationText(expiresIn) } as const
    },
  )

  app.get(
    '/common/download-url',
    {
      schema: {
        tags: ['Files'],
        operationId: 'getDownloadUrl',
        summary: 'A URL to download a file from',
        querystring: Type.Object({
          s3_key: Type.String({ examples: ['exports/uuid_contacts.csv'] }),
          s3_bucket: bucket,
        }),
        response: success({ download_url: Type.String(), s3_key: Type.String(), expires_in: expiresIn }),
      },
    },
    async request => {
      const key = request.query.s3_key
      if ((await store.size(key)) === null) throw new ConnectraError('ERR_NOT_FOUND', `there is no file "${key}"`)
      const { url, expiresIn } = await store.downloadUrl(key)
      return { success: true, download_url: url, s3_key: key, expires_in: durationText(expiresIn) } as const
    },
  )

  if (isDirectoryStore(store)) signedRoutes(app, store)
}

function isDirectoryStore(store: ObjectStore): store is DirectoryStore {
  return 'verify' in store
}

interface FileParams {
  readonly folder: string
  readonly name: string
}

function keyOf({ folder, name }: FileParams): string {
  return `${folder}/${name}`
}

/** Their access is the signature in the URL. */
function signedRoutes(app: App, store: DirectoryStore): void {
  const schema = {
    tags: ['Files'],
    params: Type.Object({ folder: Type.String(), name: Type.String() }),
    querystring: Type.Object({
      expires: Type.Optional(Type.String()),
      max_bytes: Type.Optional(Type.String()),
      signature: Type.Optional(Type.String()),
    }),
  }
  app.register(async files => {
    files.removeAllContentTypeParsers()
    files.addContentTypeParser(
      '*',
      (_request: unknown, payload: Readable, done: (error: null, body: Readable) => void) => done(null, payload),
    )

    files.put<{ Params: FileParams; Querystring: Record<string, unknown>; Body: Readable | undefined }>(
      '/files/:folder/:name',
      {
        config: { open: true, takesFile: true },
        decompress: false,
        schema: {
          ...schema,
          operationId: 'putFile',
          summary: 'The upload that a signed URL allows',
          consumes: ['text/csv', 'application/octet-stream'],
          body: Type.Unsafe<Readable>({ type: 'string', description: 'The file, as it is' }),
          response: success({ s3_key: Type.String(), size: Type.Integer({ description: 'Bytes' }) }),
        },
        validatorCompiler: checkedByHandler,
      },
      async request => {
        const key = keyOf(request.params)
        const grant = store.verify('PUT', key, request.query)
        if (Number(request.headers['content-length']) > grant.maxBytes) throw fileTooLarge(grant.maxBytes)
        // A refused upload is answered, so its connection has to stay.
        const content = request.body?.iterator({ destroyOnReturn: false }) ?? Readable.from([])
        const size = await store.put(key, content, { maxBytes: grant.maxBytes })
        return { success: true, s3_key: key, size }
      },
    )

    files.route<{ Params: FileParams; Querystring: Record<string, unknown> }>({
      url: '/files/:folder/:name',
      method: ['GET', 'HEAD'],
      config: { open: true },
      compress: false,
      schema: {
        ...schema,
        operationId: 'getFile',
        summary: 'The download that a signed URL allows',
        description: 'One byte range may be asked for.',
        response: { 200: { description: 'The file', content: { 'text/csv': { schema: Type.String() } } } },
      },
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
  })
}

/** RFC 9110, section 14.2: one range; several, or what is none, are answered with the whole file. */
function byteRange(header: string | undefined, size: number): Required<ByteRange> | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return null
  const [, first, last] = match
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null
  return start < size && start <= end ? { start, end } : 'unsatisfiable'
}

/** The name without its uuid and the number of a run, in both spellings of RFC 6266. */
function disposition(key: string): string {
  const name = key.slice(key.indexOf('/') + 1).replace(/^[0-9a-f-]{36}(?:-\d+)?_/, '')
  const ascii = name.replace(/[^\x20-\x7e]|["\\]/g, '_')
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

/** Never a type that a browser would run: whoever may upload could choose it. */
function contentType(key: string): string {
  const extension = /\.[a-z]+$/i.exec(key)?.[0].toLowerCase()
  return CONTENT_TYPES.get(extension ?? '') ?? 'application/octet-stream'
}

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['.csv', 'text/csv; charset=utf-8'],
  ['.ndjson', 'application/x-ndjson'],
  // The type of the file, and no Content-Encoding: it is to be saved as it is.
  ['.gz', 'application/gzip'],
])
