/** The client of `bench http`, in a thread of its own: each connection sends its next request when it has its answer. */
import { Agent, request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

export interface LoadData {
  readonly url: string
  readonly key: string
  readonly bodies: readonly string[]
  readonly connections: number
  readonly requests: number
}

export interface LoadResult {
  readonly seconds: number
  /** Of each request. */
  readonly milliseconds: readonly number[]
}

const { url, key, bodies, connections, requests } = workerData as LoadData
const agent = new Agent({ keepAlive: true, maxSockets: connections })

function send(body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const sent = request(url, { method: 'POST', agent, headers }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.on('end', () => {
        if (response.statusCode === 200) resolve()
        else reject(new Error(`${response.statusCode} ${text} to ${body}`))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const milliseconds: number[] = []
let next = 0

async function runConnection(): Promise<void> {
  while (next < requests) {
    const body = bodies[next++ % bodies.length]!
    const started = performance.now()
    await send(body)
    milliseconds.push(performance.now() - started)
  }
}

const started = performance.now()
await Promise.all(Array.from({ length: connections }, runConnection))
const result: LoadResult = { seconds: (performance.now() - started) / 1000, milliseconds }
agent.destroy()
parentPort!.postMessage(result)
