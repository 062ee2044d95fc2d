/**
 * The client of `bench http`, in a separate thread that runs one load after another, so that its own code is compiled when it counts.
 * Each connection sends its next request when it has received the last response. The client shares two cores with the server that it
 * measures. It therefore implements only as much of HTTP as this server's responses need, over plain sockets: a list of 17 kB takes
 * 0.12 ms of its time, and 0.3 ms with undici.
 */
import { connect, type Socket } from 'node:net'
import { parentPort } from 'node:worker_threads'
import type { HttpRequest } from '../queries/http-requests.ts'

export interface Load {
  /** Address of the server: http://host:port. */
  readonly url: string
  readonly key: string
  readonly requests: readonly HttpRequest[]
  readonly connections: number
  /** No request is sent after this time. By default all of them are sent. */
  readonly seconds?: number
  /** The requests are sent again and again, and the server may refuse them with the status 503. By default each is sent once. */
  readonly endless?: boolean
}

export interface LoadResult {
  readonly seconds: number
  /** One for each request that was sent. */
  readonly milliseconds: readonly number[]
  /** Total size of all response bodies. */
  readonly bytes: number
  /** Requests that the server refused. */
  readonly refused: number
}

const HEAD_END = '\r\n\r\n'
const SUCCESS = '{"success":true'

function message({ url, key }: Load, { path, body }: HttpRequest): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(head.join('\r\n') + HEAD_END + body)
}

interface Reply {
  readonly status: number
  readonly succeeded: boolean
  readonly bodyBytes: number
  readonly totalBytes: number
}

/** Reads the head and the first bytes of the body. Null if more of the response is needed. */
function readReply(start: Buffer): Reply | null {
  const text = start.subarray(0, 2000).toString('latin1')
  const headEnd = text.indexOf(HEAD_END)
  const bodyStart = headEnd + HEAD_END.length
  if (headEnd < 0) return null
  const bodyBytes = Number(/^content-length: (\d+)/im.exec(text)?.[1])
  if (text.length < bodyStart + Math.min(bodyBytes, SUCCESS.length)) return null
  const status = Number(text.split(' ', 2)[1])
  return { status, succeeded: text.startsWith(SUCCESS, bodyStart), bodyBytes, totalBytes: bodyStart + bodyBytes }
}

/** Sends a request and waits for the complete response. Throws if the connection is closed before. */
function exchange(socket: Socket, request: Buffer): Promise<{ reply: Reply; start: Buffer }> {
  return new Promise((resolve, reject) => {
    let start: Buffer = Buffer.alloc(0)
    let received = 0
    let reply: Reply | null = null
    const end = () => socket.off('data', onData).off('close', onClose)
    const onClose = () => {
      end()
      reject(new Error('the connection was closed'))
    }
    const onData = (data: Buffer) => {
      received += data.length
      if (reply === null) {
        start = start.length === 0 ? data : Buffer.concat([start, data])
        reply = readReply(start)
      }
      if (reply === null || received < reply.totalBytes) return
      end()
      resolve({ reply, start })
    }
    socket.on('data', onData).once('close', onClose)
    socket.write(request)
  })
}

/** Throws if a response is neither a success nor an allowed refusal. */
async function run(load: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(load.url)
  const { requests, connections, seconds = Infinity, endless = false } = load
  const messages = requests.map(request => message(load, request))
  const milliseconds: number[] = []
  let [next, bytes, refused] = [0, 0, 0]
  const started = performance.now()
  const isOver = () => (!endless && next >= requests.length) || performance.now() - started > seconds * 1000

  async function runConnection(): Promise<void> {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    socket.on('error', () => {})
    while (!isOver()) {
      const place = next++ % requests.length
      const sent = performance.now()
      const { reply, start } = await exchange(socket, messages[place]!)
      milliseconds.push(performance.now() - sent)
      bytes += reply.bodyBytes
      if (reply.status === 200 && reply.succeeded) continue
      const { path, body } = requests[place]!
      if (!endless || reply.status !== 503)
        throw new Error(`${start.subarray(0, 1000)}, for ${path} ${body.slice(0, 1000)}`)
      refused++
    }
    socket.destroy()
  }

  await Promise.all(Array.from({ length: connections }, runConnection))
  return { seconds: (performance.now() - started) / 1000, milliseconds, bytes, refused }
}

parentPort!.on('message', async (load: Load) => parentPort!.postMessage(await run(load)))
