/** Opens the search engine that the settings describe. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Config } from './config.ts'
import type { OpenDatabase } from './database/open-database.ts'
import type { Log } from './runtime/log.ts'
import { openEmbeddedEngine } from './search/embedded/engine.ts'
import type { SearchEngine } from './search/engine.ts'
import type { ClusterOptions } from './search/opensearch/cluster/indexes.ts'

/** Whether all processes of the database use the same index. */
export function isEngineShared({ opensearchUrl }: Config): boolean {
  return opensearchUrl !== null
}

/** Returns at once. Until the engine is ready, searches fail with ERR_UNAVAILABLE. */
export async function openSearchEngine(
  config: Config,
  { url: databaseUrl, server }: Pick<OpenDatabase, 'url' | 'server'>,
  log: Log,
): Promise<SearchEngine> {
  const queryTimeoutMs = config.queryTimeout * 1000
  if (config.opensearchUrl === null)
    return openEmbeddedEngine({
      databaseUrl,
      ownDatabase: server !== null,
      log,
      directory: join(config.dataDir, 'index'),
      queryThreads: config.readerThreads ?? Math.max(1, availableParallelism() - 1),
      queryTimeoutMs,
    })
  // Most installations do not need this code.
  const { openOpenSearchEngine } = await import('./search/opensearch/engine.ts')
  return await openOpenSearchEngine({
    databaseUrl,
    log,
    queryTimeoutMs,
    cluster: clusterOf(config, config.opensearchUrl),
  })
}

/** One line about the OpenSearch cluster, or null if there is none. Throws an error that says what to do if it cannot be used. */
export async function describeSearchCluster(config: Config): Promise<string | null> {
  if (config.opensearchUrl === null) return null
  const { describeCluster } = await import('./search/opensearch/cluster/describe.ts')
  return await describeCluster(clusterOf(config, config.opensearchUrl))
}

function clusterOf(config: Config, urls: readonly string[]): ClusterOptions {
  return {
    urls,
    caFile: config.opensearchCaFile,
    awsRegion: config.opensearchAwsRegion,
    prefix: config.opensearchIndexPrefix,
    shards: config.opensearchShards,
    replicas: config.opensearchReplicas,
  }
}
