import type { TourServer } from './tour-server.ts'

export interface SentRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON; of an upload its text. */
  readonly body: unknown
}

const ONE_JOB = /^\/common\/jobs\/[\da-f]{8}-[\da-f-]{27}$/

/**
 * Sends a request of a document. Before one that looks at a job, the jobs that wait are run. The body of the reply is undefined if
 * it is none of Connectra's: S3 replies to an upload.
 */
export async function send(server: TourServer, { method, path, headers, body }: SentRequest) {
  if (method === 'GET' && ONE_JOB.test(path)) await server.runJobs()
  const url = new URL(path, server.url).href
  if (!url.startsWith(server.filesUrl)) return await server.send(method, path, body, headers)
  // Signed URLs need no key, and take any body.
  const response = await fetch(url, { method, headers, body: typeof body === 'string' ? body : null })
  if (method === 'PUT' && !url.startsWith(server.url)) return { status: response.status, body: undefined }
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return { status: response.status, body: isJson ? await response.json() : await response.text() }
}
