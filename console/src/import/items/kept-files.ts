/**
 * The files of unfinished uploads, kept in the browser (IndexedDB), because a page cannot open a file again after a reload.
 * They are removed when they are uploaded, and after a day at the latest: the tab may have been closed.
 */
const DATABASE = 'connectra'
const STORE = 'uploads'
/** Milliseconds. */
const KEPT_FOR = 24 * 3600 * 1000

interface KeptFile {
  readonly file: File
  readonly at: number
}

/** A browser that does not allow it, or has no space, is no reason not to upload: after a reload the file is asked for. */
export async function keepFile(id: string, file: File, now = Date.now()): Promise<void> {
  await change(store => store.put({ file, at: now } satisfies KeptFile, id)).catch(() => {})
}

export async function dropFile(id: string): Promise<void> {
  await change(store => store.delete(id)).catch(() => {})
}

/** The files of these items that are still there. Removes what is too old. */
export async function restoreFiles(ids: readonly string[], now = Date.now()): Promise<ReadonlyMap<string, File>> {
  const found = new Map<string, File>()
  await change(store => {
    const cursor = store.openCursor()
    cursor.onsuccess = () => {
      if (cursor.result === null) return
      const { file, at } = cursor.result.value as KeptFile
      const id = String(cursor.result.key)
      if (now - at > KEPT_FOR) cursor.result.delete()
      else if (ids.includes(id)) found.set(id, file)
      cursor.result.continue()
    }
    return cursor
  }).catch(() => {})
  return found
}

/** Resolves when the change is stored. */
async function change(act: (store: IDBObjectStore) => IDBRequest): Promise<void> {
  const database = await openDatabase()
  try {
    await new Promise<void>((resolve, reject) => {
      const transaction = database.transaction(STORE, 'readwrite')
      transaction.oncomplete = () => resolve()
      transaction.onerror = () => reject(transaction.error)
      transaction.onabort = () => reject(transaction.error)
      act(transaction.objectStore(STORE))
    })
  } finally {
    database.close()
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE)
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error)
  })
}
