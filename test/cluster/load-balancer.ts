/**
 * deploy/Caddyfile in a real Caddy, before two servers that reply with what they get. Run it with `npm run test:cluster`, or alone with
 * `node test/cluster/load-balancer.ts`.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { freePorts } from '../helpers/free-ports.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { caddyCommand } from './servers/caddy.ts'

/** Replies to `POST` with the body, after it has all of it, and to probes. `x-node` is its port, which it prints when it listens. */
const NODE = `
  const { createServer } = require('node:http')
  const server = createServer((request, response) => {
    response.setHeader('x-node', server.address().port)
    const body = []
    request.on('data', chunk => body.push(chunk)).on('end', () => response.end(Buffer.concat(body)))
  })
  server.listen(Number(process.argv[1]), '127.0.0.1', () => console.log(server.address().port))`
const BODY = JSON.stringify([{ first_name: 'Ada', title: 'x'.repeat(10_000) }])
const KEY = 'a-key-that-no-log-may-have'
const CLIENTS = 4
/** Longer than the load balancer needs to notice a server that has ended. Milliseconds. */
const WATCHED = 4_000

interface Outcome {
  readonly began: number
  /** 0 if the reply was cut off. */
  readonly status: number
  readonly node: string | null
  readonly retryAfter: string | null
  readonly body: string
}

export async function describeLoadBalancer(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'load-balancer-'))
  const nodes = new Map<number, ChildProcess>()
  /** Resolves with its port when it listens. 0: a free one. */
  const startNode = async (port: number): Promise<number> => {
    const child = spawn(process.execPath, ['-e', NODE, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
    assert.equal(child.exitCode, null, 'a server ended before it listened')
    nodes.set(Number(line), child)
    return Number(line)
  }
  const [first, second] = [await startNode(0), await startNode(0)]
  const [api, files, admin, s3] = (await freePorts(4)) as [number, number, number, number]
  const { file, args, env } = await caddyCommand(home, { api, files, admin, nodes: [first, second], s3 })
  const url = `http://127.0.0.1:${api}`
  const kill = async (child: ChildProcess) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  const post = async (): Promise<Outcome> => {
    const began = performance.now()
    const headers = { 'content-type': 'application/json', 'x-api-key': KEY }
    const reply = await fetch(`${url}/contacts/batch-upsert?token=${KEY}`, { method: 'POST', body: BODY, headers })
    const [node, retryAfter] = [reply.headers.get('x-node'), reply.headers.get('retry-after')]
    return { began, status: reply.status, node, retryAfter, body: await reply.text() }
  }
  const reaches = async (port: number) => (await post().catch(() => null))?.node === String(port)

  const caddy = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  caddy.stderr!.setEncoding('utf8').on('data', text => {
    log += text
  })
  after(async () => {
    for (const child of [caddy, ...nodes.values()]) await kill(child)
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  })
  for (const port of [first, second])
    await waitUntil('the load balancer uses each server', () => {
      assert.equal(caddy.exitCode, null, `Caddy ended: ${log}`)
      return reaches(port)
    })

  describe('the load balancer', () => {
    it('sends the requests of a server that was killed to the other one, with their bodies', async () => {
      const outcomes: Outcome[] = []
      let isOver = false
      const cutOff = { status: 0, node: null, retryAfter: null, body: '' }
      const runClient = async () => {
        while (!isOver) {
          const began = performance.now()
          outcomes.push(await post().catch(() => ({ ...cutOff, began })))
        }
      }
      const clients = Promise.all(Array.from({ length: CLIENTS }, runClient))
      await waitUntil('there is load', () => outcomes.length > 100)
      await kill(nodes.get(first)!)
      const killed = performance.now()
      await waitUntil('it was watched long enough', () => performance.now() > killed + WATCHED)
      isOver = true
      await clients
      for (const { began, status, body, retryAfter } of outcomes) {
        if (status === 200) assert.equal(body, BODY)
        else {
          assert.ok(began < killed, `a request that began ${began - killed} ms after the end got ${status}`)
          if (status !== 0)
            assertUnavailable(status, retryAfter, body, /: the server that had this request has ended: send it again$/)
        }
      }
      await startNode(first)
      await waitUntil('the load balancer uses the server again', () => reaches(first))
    })

    it('replies as a server does when none is there', async () => {
      for (const child of nodes.values()) await kill(child)
      const { status, retryAfter, body } = await post()
      assertUnavailable(status, retryAfter, body, /: no server answers: try again shortly$/)
      await waitUntil('the reason is in the log', () =>
        /"msg":"dial tcp .* connection refused".*"uri":"\/contacts\/batch-upsert"/.test(log),
      )
      assert.ok(!log.includes(KEY))
    })

    it('listens on the loopback interface only, if it is told to', async () => {
      const signal = AbortSignal.timeout(2_000)
      await assert.rejects(fetch(`http://127.0.0.2:${api}/health/ready`, { signal }))
    })
  })
}

function assertUnavailable(status: number, retryAfter: string | null, body: string, text: RegExp): void {
  assert.ok([502, 503].includes(status), `status ${status}`)
  assert.equal(retryAfter, '1')
  const { success, error, request_id } = JSON.parse(body)
  assert.equal(success, false)
  assert.match(error, /^ERR_UNAVAILABLE: /)
  assert.match(error, text)
  assert.match(request_id, /^[0-9a-f-]{36}$/)
}

if (import.meta.main) await describeLoadBalancer()
