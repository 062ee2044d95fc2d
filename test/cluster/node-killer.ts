/** Kills nodes of OpenSearch when tests in other processes ask for it with a POST. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { waitUntil } from '../helpers/wait-until.ts'
import type { OpenSearchServers } from './servers/opensearch.ts'

export interface NodeKiller {
  readonly url: string
  kills(): number
  close(): Promise<void>
}

/** Seconds. */
const COMPLETE_WITHIN = 60

/**
 * Each request kills the node that manages the cluster, which is the hardest to do without. Starting it again takes seconds, in
 * which the tests go on. The next request waits until the cluster is complete.
 */
export async function openNodeKiller(cluster: OpenSearchServers): Promise<NodeKiller> {
  let kills = 0
  let restarted = Promise.resolve()

  async function kill(): Promise<void> {
    await restarted
    await waitUntil('every node has joined and has its copies', () => isComplete(cluster), COMPLETE_WITHIN)
    const manager = await findManager(cluster)
    cluster.signal(manager, 'SIGKILL')
    kills++
    restarted = cluster.restart(manager)
    // It is thrown at the next request, or at the end.
    restarted.catch(() => {})
  }

  const server = createServer((_, response) => {
    kill().then(
      () => response.end(),
      error => response.writeHead(500).end(String(error)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    kills: () => kills,
    async close() {
      server.close()
      server.closeAllConnections()
      await restarted
    },
  }
}

async function isComplete({ urls }: OpenSearchServers): Promise<boolean> {
  const reply = await fetch(`${urls[0]}/_cluster/health?wait_for_nodes=${urls.length}&wait_for_status=green&timeout=1s`)
  await reply.arrayBuffer()
  // 408 if it took longer.
  return reply.status === 200
}

/** The number of the node. */
async function findManager({ urls }: OpenSearchServers): Promise<number> {
  const reply = await fetch(`${urls[0]}/_cat/cluster_manager?format=json&h=node`)
  const [manager] = (await reply.json()) as readonly { readonly node: string }[]
  return Number(manager!.node.split('-')[1])
}
