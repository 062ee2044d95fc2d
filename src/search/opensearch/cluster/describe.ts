/** What `doctor` says about a cluster. */

import { OpenSearchError } from './client.ts'
import { type ClusterOptions, readStored } from './indexes.ts'
import { openClusterClient } from './open-client.ts'

/** Composite aggregations, intervals and points in time are older; the field type `wildcard` came with this version. */
const OLDEST = [2, 15] as const
const ANSWER_WITHIN = 5_000
const CHECK_AWS = 'check the AWS credentials, OPENSEARCH_AWS_REGION and the access policy of the domain'
const CHECK_USER = 'check the user and password in OPENSEARCH_URL, and the rights of the user'

interface Health {
  readonly status: 'green' | 'yellow' | 'red'
  readonly number_of_data_nodes: number
}

/** Throws an error that says what to do if the cluster cannot be used. */
export async function describeCluster(options: ClusterOptions): Promise<string> {
  const client = await openClusterClient(options)
  const get = async <T>(path: string) => (await client.request<T>('GET', path, { timeoutMs: ANSWER_WITHIN })).body
  try {
    const { version } = await get<{ version: { number: string; distribution?: string } }>('/')
    const [major = 0, minor = 0] = version.number.split('.').map(Number)
    if (version.distribution !== 'opensearch' || major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
      throw new Error(
        `OPENSEARCH_URL is ${version.distribution ?? 'Elasticsearch'} ${version.number}: OpenSearch ${OLDEST.join('.')} or newer is needed`,
      )
    const { status, number_of_data_nodes: nodes } = await get<Health>('/_cluster/health')
    if (status === 'red')
      throw new Error(
        'the OpenSearch cluster is red, so parts of its indexes are missing: start its nodes, then see `_cluster/allocation/explain`',
      )
    if (nodes <= options.replicas)
      throw new Error(
        `the OpenSearch cluster has ${nodes} data node(s), too few for OPENSEARCH_REPLICAS=${options.replicas}: add a node, or set it to ${nodes - 1} and run \`connectra reindex\``,
      )
    const stored = await readStored(client, options.prefix)
    const index =
      stored === null ? 'no index yet: a running server builds it' : `index ${stored.epoch} at ${stored.position.seq}`
    return `OpenSearch ${version.number}, ${nodes} data node(s), ${status}, ${index}`
  } catch (error) {
    if (error instanceof OpenSearchError && (error.status === 401 || error.status === 403))
      throw new Error(`${error.message}: ${options.awsRegion ? CHECK_AWS : CHECK_USER}`, { cause: error })
    throw error
  } finally {
    client.close()
  }
}
