/**
 * The client of `bench http`, in a separate thread. Each connection sends its next request when it has received the last response.
 * The client shares two cores with the server that it measures. It therefore implements only as much of HTTP as this server's responses
 * need, over plain sockets: a list of 17 kB takes 0.12 ms of its time, and 0.3 ms with undici.
 */
import { connect, type Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

export interface Load {
  /** Address of the server: http://host:port. */
  readonly url: string
  readonly key: string
  readonly requests: readonly LoadRequest[]
  readonly connections: number
}

/** A POST request. `body` is JSON. */
export interface LoadRequest {
  readonly path: string
  readonly body: string
}

export interface LoadResult {
  readonly seconds: number
  /** One for each request. */
  readonly milliseconds: readonly number[]
  /** Total size of all response bodies. */
  readonly bytes: number
}

const { url, key, requests, connections } = workerData as Load
const { hostname, port, host } = new URL(url)
const HEAD_END = '\r\n\r\n'
const SUCCESS = '{"success":true'

function message({ path, body }: LoadRequest): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(head.join('\r\n') + HEAD_END + body)
}

interface Reply {
  readonly status: string
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
  const status = text.slice(0, text.indexOf('\r\n'))
  return { status, succeeded: text.startsWith(SUCCESS, bodyStart), bodyBytes, totalBytes: bodyStart + bodyBytes }
}

/** Sends a request and waits for the complete response. Returns the size of its body in bytes. Throws if it is not a success. */
function exchange(socket: Socket, request: LoadRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    let start: Buffer = Buffer.alloc(0)
    let received = 0
    let reply: Reply | null = null
    const end = () => socket.off('data', onData).off('close', onClose)
    const fail = (reason: string) => {
      end()
      reject(new Error(`${reason}, for ${request.path} ${request.body.slice(0, 1000)}`))
    }
    const onClose = () => fail('the connection was closed')
    const onData = (data: Buffer) => {
      received += data.length
      if (reply === null) {
        start = start.length === 0 ? data : Buffer.concat([start, data])
        reply = readReply(start)
        if (reply === null) return
        if (!reply.status.endsWith(' 200 OK') || !reply.succeeded) return fail(start.toString())
      }
      if (received < reply.totalBytes) return
      end()
      resolve(reply.bodyBytes)
    }
    socket.on('data', onData).once('close', onClose)
    socket.write(messages.get(request)!)
  })
}

async function runConnection(): Promise<void> {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  socket.on('error', () => {})
  for (let request = left.pop(); request !== undefined; request = left.pop()) {
    const started = performance.now()
    const received = await exchange(socket, request)
    bytes += received
    milliseconds.push(performance.now() - started)
  }
  socket.destroy()
}

const messages = new Map(requests.map(request => [request, message(request)]))
const left = requests.toReversed()
const milliseconds: number[] = []
let bytes = 0
const started = performance.now()
await Promise.all(Array.from({ length: connections }, runConnection))
parentPort!.postMessage({ seconds: (performance.now() - started) / 1000, milliseconds, bytes } satisfies LoadResult)
