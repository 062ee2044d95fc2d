/** Requests as a hostile client sends them: over plain sockets, with whatever bytes, and without reading when it pleases. */
import { connect, type Socket } from 'node:net'

export interface Target {
  /** Of the server: http://host:port. */
  readonly url: string
  readonly key: string
}

export interface Reply {
  readonly status: number
  readonly headers: string
  readonly body: Buffer
}

/** Opens a connection that survives whatever the server does to it. */
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

/** Sends a request on a connection of its own and reads the whole reply. Null when the connection was cut first. */
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
  // A server that refuses the body closes before it was sent: what it said counts.
  socket.write(bytes)
  await new Promise(resolve => socket.once('close', resolve))
  const reply = Buffer.concat(chunks)
  const end = reply.indexOf('\r\n\r\n')
  if (end < 0) return null
  const headers = reply.subarray(0, end).toString('latin1')
  return { status: Number(headers.split(' ')[1]), headers, body: reply.subarray(end + 4) }
}

/** The JSON of a reply; fails unless the request succeeded. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into JSON of every shape
export async function sendJson(target: Target, path: string, body: Buffer | string | object = ''): Promise<any> {
  const reply = await send(target, path, body)
  if (reply?.status !== 200) throw new Error(`${path} answered ${reply?.status}: ${reply?.body.subarray(0, 300)}`)
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
