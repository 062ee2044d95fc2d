import { type DirectoryStore, openDirectoryStore } from '../../src/files/directory.ts'

/** Opens the store of files in `directory`, for tests without signed URLs. */
export async function openTestStore(directory: string): Promise<DirectoryStore> {
  return await openDirectoryStore({
    directory,
    publicUrl: () => '',
    secret: Buffer.alloc(32),
    maxUploadBytes: 0,
    urlSeconds: 0,
  })
}
