/** Completes the generated OpenAPI document with what the schemas of the routes do not express. */

interface Response {
  content?: object
  headers?: Record<string, object>
}

interface Operation {
  operationId?: string
  summary?: string
  description?: string
  security?: readonly object[]
  requestBody?: { required?: boolean; description?: string; content?: Readonly<Record<string, object>> }
  responses?: Record<string, Response>
}

/** The headers of replies, by the name of their component. */
const HEADERS = {
  RequestId: {
    description:
      'The id of the request, as in the log. A valid `X-Request-Id` of the request is used, if there is one.',
    schema: { type: 'string' },
  },
  Seq: {
    description:
      'The position of the write, or of the results of a completed job. Send it as `X-Connectra-Min-Seq` to search a state that includes it.',
    schema: { type: 'string', pattern: '^[0-9]+$' },
  },
  RetryAfter: {
    description: 'Seconds to wait before the next attempt. With 429 and 503 only.',
    schema: { type: 'integer', minimum: 1 },
  },
  ContentDisposition: { description: 'The name of the file', schema: { type: 'string' } },
  CacheControl: {
    description: 'Contains `no-store`: browsers and proxies must not keep a copy',
    schema: { type: 'string' },
  },
  AcceptRanges: { description: '`bytes`', schema: { type: 'string' } },
  ContentRange: { description: 'The range of the reply and the size of the file', schema: { type: 'string' } },
}

type HeaderName = keyof typeof HEADERS

const NAMES: Readonly<Record<HeaderName, string>> = {
  RequestId: 'X-Request-Id',
  Seq: 'X-Connectra-Seq',
  RetryAfter: 'Retry-After',
  ContentDisposition: 'Content-Disposition',
  CacheControl: 'Cache-Control',
  AcceptRanges: 'Accept-Ranges',
  ContentRange: 'Content-Range',
}

/** Operations whose body can be left out. */
const OPTIONAL_BODY = new Set(['searchCompanies', 'countCompanies', 'searchContacts', 'countContacts', 'listJobs'])

/** Operations whose reply may have the results of jobs. */
const SHOW_RESULTS = new Set(['getJob', 'listJobs'])

export function finishDocument(document: { components?: object; paths?: Record<string, object> }): void {
  document.components = { ...document.components, headers: HEADERS }
  document.paths = Object.fromEntries(
    // The server replies with and without the slash at the end; the linters of OpenAPI documents accept only one form.
    Object.entries(document.paths ?? {}).map(([path, methods]) => [path.replace(/(?<=.)\/$/, ''), methods]),
  )
  for (const methods of Object.values(document.paths))
    for (const [method, shared] of Object.entries(methods) as [string, Operation][]) {
      const operation = method === 'head' ? headOf(shared) : shared
      Object.assign(methods, { [method]: operation })
      if (operation.requestBody) operation.requestBody.required = !OPTIONAL_BODY.has(operation.operationId ?? '')
      addHeaders(operation)
    }
}

/** One route replies to GET and HEAD, but an operationId has to be unique, and a reply to HEAD has no body. */
function headOf({ operationId, responses, ...shared }: Operation): Operation {
  return {
    ...shared,
    operationId: operationId?.replace(/^get/, 'head') ?? '',
    summary: 'Get the headers of a file',
    description: 'The headers of a download: size, type and name.',
    responses: Object.fromEntries(
      Object.entries(responses ?? {}).map(([status, { content, ...response }]) => [status, response]),
    ),
  }
}

function addHeaders({ operationId = '', security, responses = {} }: Operation): void {
  // Without this member, an operation needs a key.
  const takesKey = security === undefined || security.length > 0
  for (const [status, response] of Object.entries(responses)) {
    const names = [...headersOf(operationId, status, takesKey)]
    response.headers = Object.fromEntries(names.map(name => [NAMES[name], { $ref: `#/components/headers/${name}` }]))
  }
}

function* headersOf(operationId: string, status: string, takesKey: boolean): Generator<HeaderName> {
  yield 'RequestId'
  if (status === '4XX' || status === '5XX' || status === '503') yield 'RetryAfter'
  if (status === '206' || status === '416') yield 'ContentRange'
  if (!status.startsWith('2')) return
  if (operationId.startsWith('upsert') || SHOW_RESULTS.has(operationId)) yield 'Seq'
  const isFile = operationId === 'getFile' || operationId === 'headFile'
  if (takesKey || isFile) yield 'CacheControl'
  if (operationId.startsWith('export')) yield 'ContentDisposition'
  if (isFile) yield* ['ContentDisposition', 'AcceptRanges'] as const
}
