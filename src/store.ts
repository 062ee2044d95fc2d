/** From settings to the store of files: below the data directory. */
import { join } from 'node:path'
import type { Config } from './config.ts'
import type { Database } from './database/pool.ts'
import { getSecret } from './database/secrets.ts'
import { type DirectoryStore, openDirectoryStore } from './files/directory.ts'

/** `publicUrl` is the address with which signed URLs begin. */
export async function openStore(config: Config, database: Database, publicUrl: () => string): Promise<DirectoryStore> {
  return await openDirectoryStore({
    directory: join(config.dataDir, 'files'),
    publicUrl,
    secret: await getSecret(database, 'signed-urls'),
    maxUploadBytes: config.maxUpload,
    urlSeconds: config.urlExpiry,
  })
}
