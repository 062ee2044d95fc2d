/**
 * The files of the import room and their uploads. It lives outside of the components, so that uploads go on while another room
 * is open.
 */
import { useSyncExternalStore } from 'react'
import { api, take } from '../../api/client.ts'
import { showError, showToast } from '../../ui/toast.tsx'
import {
  type FileFacts,
  findCutOff,
  type ImportItem,
  type ItemSettings,
  newItem,
  restoreItems,
  whyRefused,
} from './import-items.ts'
import { type Transfer, uploadFile } from './upload.ts'

export interface ImportState {
  readonly items: readonly ImportItem[]
  /** Running uploads, by the id of the item. */
  readonly transfers: ReadonlyMap<string, Transfer>
}

const NAME = 'connectra.imports'
/** More would take the connections that the rest of the console needs. */
const UPLOADS_AT_ONCE = 2

let state: ImportState = { items: restoreItems(sessionStorage.getItem(NAME)), transfers: new Map() }
const files = new Map<string, File>()
const running = new Map<string, AbortController>()
const listeners = new Set<() => void>()

function change(next: Partial<ImportState>): void {
  state = { ...state, ...next }
  if (next.items !== undefined) sessionStorage.setItem(NAME, JSON.stringify(state.items))
  for (const listener of listeners) listener()
}

export function useImports(): ImportState {
  return useSyncExternalStore(subscribe, () => state)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function updateItem(id: string, changes: Partial<ImportItem>): void {
  change({ items: state.items.map(item => (item.id === id ? { ...item, ...changes } : item)) })
}

/** Returns the item of the first file that was taken. A file whose upload was cut off goes on with its item. */
export function addFiles(added: readonly File[], settings: Partial<ItemSettings> = {}): string | null {
  let first: string | null = null
  for (const file of added) {
    const refused = whyRefused(file)
    if (refused !== null) {
      showToast(refused, { tone: 'bad' })
      continue
    }
    const item = findCutOff(state.items, file) ?? newItem(crypto.randomUUID(), file, settings)
    first ??= item.id
    files.set(item.id, file)
    const others = state.items.filter(({ id }) => id !== item.id)
    change({ items: state.items.length === others.length ? [...others, item] : state.items })
    updateItem(item.id, { problem: null })
  }
  startUploads()
  return first
}

/** Gives an item whose upload was cut off its file. It must be the same one. */
export function attachFile(id: string, file: File): void {
  const item = state.items.find(one => one.id === id)
  if (item === undefined) return
  if (!isSame(item, file)) {
    showToast(`${file.name} is not the file that was chosen before. Add it as another file.`, { tone: 'bad' })
    return
  }
  files.set(id, file)
  retryUpload(id)
}

function isSame(item: FileFacts, file: FileFacts): boolean {
  return item.name === file.name && item.size === file.size
}

/** Whether an upload can be tried again without asking for the file. */
export function hasFile(id: string): boolean {
  return files.has(id)
}

export function retryUpload(id: string): void {
  updateItem(id, { problem: null })
  startUploads()
}

/** Cancels an upload that runs. What was already imported stays. */
export function removeItem(id: string): void {
  running.get(id)?.abort()
  files.delete(id)
  change({ items: state.items.filter(item => item.id !== id) })
}

function startUploads(): void {
  for (const item of state.items) {
    if (running.size >= UPLOADS_AT_ONCE) return
    const file = files.get(item.id)
    if (item.step === 'upload' && item.problem === null && file !== undefined && !running.has(item.id))
      void upload(item.id, file)
  }
}

async function upload(id: string, file: File): Promise<void> {
  const controller = new AbortController()
  running.set(id, controller)
  window.addEventListener('beforeunload', warnOfLoss)
  const onProgress = (transfer: Transfer) => change({ transfers: new Map(state.transfers).set(id, transfer) })
  try {
    const s3Key = await uploadFile(file, { signal: controller.signal, onProgress })
    files.delete(id)
    updateItem(id, { s3Key, step: 'check' })
    if (state.items.find(item => item.id === id)?.startsItself) await startImport(id)
  } catch (error) {
    if (!controller.signal.aborted) updateItem(id, { problem: error instanceof Error ? error.message : String(error) })
  } finally {
    running.delete(id)
    const transfers = new Map(state.transfers)
    transfers.delete(id)
    change({ transfers })
    if (running.size === 0) window.removeEventListener('beforeunload', warnOfLoss)
    startUploads()
  }
}

/** The browser asks whether to leave the page. */
function warnOfLoss(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

/** Creates the job. An error is shown, and the item stays where it is. */
export async function startImport(id: string): Promise<void> {
  const item = state.items.find(one => one.id === id)
  if (item?.s3Key == null) return
  try {
    const body = { job_type: 'insert_csv_file' as const, job_data: importData(item) }
    const { data } = await take(api.POST('/common/jobs/create', { body }))
    updateItem(id, { job: data.uuid, step: 'run' })
  } catch (error) {
    updateItem(id, { startsItself: false })
    showError(error)
  }
}

/** The `job_data` of an import, and the body of a preview without `rows`. What the server decides is left out. */
export function importData({
  s3Key,
  mapping,
  service,
  encoding,
}: Pick<ImportItem, 's3Key' | 'mapping' | 'service' | 'encoding'>) {
  return {
    s3_key: s3Key ?? '',
    ...(Object.keys(mapping).length > 0 && { mapping }),
    ...(service !== null && { service }),
    ...(encoding !== null && { encoding }),
  }
}
