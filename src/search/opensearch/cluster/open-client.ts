/** Opens the client that the settings describe. */
import { readFile } from 'node:fs/promises'
import { ConnectraError } from '../../../errors.ts'
import { openSigner } from './aws-signature.ts'
import { type Client, openClient } from './client.ts'
import type { ClusterOptions } from './indexes.ts'

/** Throws ERR_INVALID_VALUE if OPENSEARCH_CA_FILE cannot be read. Nothing is sent yet. */
export async function openClusterClient({ urls, caFile, awsRegion = null }: ClusterOptions): Promise<Client> {
  const ca =
    caFile === null
      ? null
      : await readFile(caFile, 'utf8').catch(error => {
          const message = `OPENSEARCH_CA_FILE cannot be read: ${(error as Error).message}`
          throw new ConnectraError('ERR_INVALID_VALUE', message, { cause: error })
        })
  return openClient(urls, ca, { sign: awsRegion === null ? null : await openSigner(awsRegion) })
}
