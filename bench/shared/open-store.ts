/** The file store of a benchmark: below its own directory, without HTTP. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type DirectoryStore, openDirectoryStore } from '../../src/files/directory.ts'

export async function openStore(directory: string): Promise<DirectoryStore> {
  return await openDirectoryStore({
    directory: join(directory, 'files'),
    publicUrl: () => '',
    secret: randomBytes(32),
    maxUploadBytes: 2 ** 40,
    urlSeconds: 3600,
  })
}
