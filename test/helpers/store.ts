import { type DirectoryStore, openDirectoryStore } from '../../src/files/directory.ts'

/** The store of files in `directory`, where no client asks for signed URLs. */
export async function openTestStore(directory: string): Promise<DirectoryStore> {
  return await openDirectoryStore({
    directory,
    publicUrl: () => '',
    secret: Buffer.alloc(32),
    maxUploadBytes: 0,
    urlSeconds: 0,
  })
}
