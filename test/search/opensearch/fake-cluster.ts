/** A node that replies as one with indexes of which nothing is known but the position, the state and a count. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import type { Position } from '../../../src/search/engine.ts'

export interface FakeCluster {
  readonly url: string
  /** What the index of the position has. */
  stored: { readonly epoch: string; readonly format: number; readonly position: Position } | null
  building: number | null
  /** Of every count. */
  count: number
  /** Requests get no reply. */
  hangs: boolean
  /** How often the position was read. */
  looks: number
}

export async function startFakeCluster(prefix: string): Promise<FakeCluster> {
  const reply: RequestListener = (request, response) => {
    const send = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body))
    const { url = '' } = request
    request.resume()
    if (cluster.hangs) return
    if (url.startsWith(`/${prefix}-position/_doc/`)) {
      cluster.looks++
      if (cluster.stored === null) return send(404, {})
      const { position, ...more } = cluster.stored
      return send(200, { _source: { ...position, ...more } })
    }
    if (url.startsWith(`/${prefix}-status/`))
      return send(200, { _source: { leader: 'host:1', building: cluster.building } })
    if (url.startsWith('/_cluster/health/')) return send(200, { status: 'green' })
    if (url.includes('/_search')) return send(200, { hits: { total: { value: cluster.count }, hits: [] } })
    return send(200, {})
  }
  const server = createServer(reply)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const cluster: FakeCluster = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stored: null,
    building: null,
    count: 0,
    hangs: false,
    looks: 0,
  }
  return cluster
}
