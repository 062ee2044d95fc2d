/** The OpenSearch cluster of a benchmark, whose nodes are in OPENSEARCH_URL. */
import { type Client, openClient } from '../../src/search/opensearch/cluster/client.ts'
import { deleteOthers } from '../../src/search/opensearch/cluster/indexes.ts'

/** The prefix of the indexes of benchmarks. */
export const INDEX_PREFIX = 'bench'

/** Runs `work` on a cluster without indexes of earlier benchmarks, and deletes its indexes afterwards. */
export async function withCluster(work: (urls: readonly string[], client: Client) => Promise<void>): Promise<void> {
  const urls = process.env.OPENSEARCH_URL?.split(',')
  if (urls === undefined) throw new Error('OPENSEARCH_URL is not set: it is the cluster to measure')
  const client = openClient(urls, null)
  const clean = () => deleteOthers(client, INDEX_PREFIX, null)
  try {
    await clean()
    await work(urls, client)
    await clean()
  } catch (error) {
    // The cluster may be what has failed.
    await clean().catch(() => {})
    throw error
  } finally {
    client.close()
  }
}
