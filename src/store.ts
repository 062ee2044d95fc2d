/** Opens the object store that the settings describe: a directory below the data directory. */
import { join } from 'node:path'
import type { Config } from './config.ts'
import type { Database } from './database/pool.ts'
import { getSecret } from './database/secrets.ts'
import { type DirectoryStore, openDirectoryStore } from './files/directory.ts'

/** `publicUrl` returns the base address of signed URLs. */
export async function openStore(config: Config, database: Database, publicUrl: () => string): Promise<DirectoryStore> {
  return await openDirectoryStore({
    directory: join(config.dataDir, 'files'),
    publicUrl,
    secret: await getSecret(database, 'signed-urls'),
    maxUploadBytes: config.maxUpload,
    urlSeconds: config.urlExpiry,
  })
}
