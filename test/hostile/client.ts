/** Sends requests like a hostile client: over plain sockets, with arbitrary bytes, with or without reading the reply. */
import { connect, type Socket } from 'node:net'

export interface Target {
  /** The address of the server: http://host:port. */
  readonly url: string
  readonly key: string
}

export interface Reply {
  readonly status: number
  readonly headers: string
  readonly body: Buffer
}

/** Opens a connection whose errors are ignored. */
export function open({ url }: Target): Socket {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  socket.on('error', () => {})
  return socket
}

export function head({ key }: Target, method: string, path: string, headers: Record<string, string | number>): string {
  const lines = Object.entries({ Host: 'localhost', Authorization: `Bearer ${key}`, ...headers })
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}

/** Sends a request on a new connection and reads the whole reply. Returns null if the connection closes before the reply. */
export async function send(
  target: Target,
  path: string,
  body: Buffer | string | object = '',
  method: string = body === '' ? 'GET' : 'POST',
): Promise<Reply | null> {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const socket = open(target)
  const chunks: Buffer[] = []
  socket.on('data', chunk => chunks.push(chunk))
  socket.write(head(target, method, path, { Connection: 'close', 'Content-Length': bytes.length }))
  // If the server rejects the body, it closes the connection early. The reply still counts.
  socket.write(bytes)
  await new Promise(resolve => socket.once('close', resolve))
  const reply = Buffer.concat(chunks)
  const end = reply.indexOf('\r\n\r\n')
  if (end < 0) return null
  const headers = reply.subarray(0, end).toString('latin1')
  return { status: Number(headers.split(' ')[1]), headers, body: reply.subarray(end + 4) }
}

/** Sends a request and returns the JSON of its reply. Fails unless the request succeeds. */
// biome-ignore lint/suspicious/noExplicitAny: tests read JSON of every shape
export async function sendJson(target: Target, path: string, body: Buffer | string | object = ''): Promise<any> {
  const reply = await send(target, path, body)
  if (reply?.status !== 200) throw new Error(`${path} returned ${reply?.status}: ${reply?.body.subarray(0, 300)}`)
  return JSON.parse(unchunked(reply).toString())
}

function unchunked({ headers, body }: Reply): Buffer {
  if (!/^transfer-encoding: chunked/im.test(headers)) return body
  const parts: Buffer[] = []
  for (let place = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', place)
    const size = Number.parseInt(body.subarray(place, lineEnd).toString(), 16)
    if (!(size > 0)) return Buffer.concat(parts)
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size))
    place = lineEnd + 2 + size + 2
  }
}
