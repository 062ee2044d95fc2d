/**
 * The files of the import room and their uploads. It lives outside of the components, so that uploads go on while another room
 * is open.
 */
import { useCallback, useSyncExternalStore } from 'react'
import { api, take } from '../../api/client.ts'
import { onSignOut } from '../../api/session-state.ts'
import { followImport } from '../../jobs/job/follow-jobs.ts'
import { showError, showToast } from '../../ui/toasts.ts'
import { forgetCorrections, readCorrections } from './corrections.ts'
import {
  fileGone,
  findWaiting,
  type ImportItem,
  type ItemSettings,
  isSame,
  newItem,
  restoreItems,
  whyRefused,
} from './import-items.ts'
import { keepImportedRows } from './imported-rows.ts'
import { dropFile, keepFile, restoreFiles } from './kept-files.ts'
import { type Transfer, uploadFile } from './upload.ts'

const NAME = 'connectra.imports'
/** More would take the connections that the rest of the console needs. */
const UPLOADS_AT_ONCE = 2

let items: readonly ImportItem[] = restoreItems(sessionStorage.getItem(NAME))
const transfers = new Map<string, Transfer>()
const files = new Map<string, File>()
const running = new Map<string, AbortController>()
const listeners = new Set<() => void>()

function announce(): void {
  for (const listener of listeners) listener()
}

function changeItems(next: readonly ImportItem[]): void {
  items = next
  sessionStorage.setItem(NAME, JSON.stringify(items))
  announce()
}

function listItems(): readonly ImportItem[] {
  return items
}

/** The files in the order in which they were added. Progress of an upload changes none of them. */
export function useItems(): readonly ImportItem[] {
  return useSyncExternalStore(subscribe, listItems)
}

/** The running upload of an item. */
export function useTransfer(id: string): Transfer | undefined {
  return useSyncExternalStore(
    subscribe,
    useCallback(() => transfers.get(id), [id]),
  )
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function updateItem(id: string, changes: Partial<ImportItem>): void {
  changeItems(items.map(item => (item.id === id ? { ...item, ...changes } : item)))
}

/** Returns the item of the first file that was taken. An item that waits for its file gets it. */
export function addFiles(added: readonly File[], settings: Partial<ItemSettings> = {}): string | null {
  let first: string | null = null
  for (const file of added) {
    const refused = whyRefused(file)
    if (refused !== null) {
      showToast(refused, { tone: 'bad' })
      continue
    }
    const waiting = findWaiting(items, file)
    const item = waiting ?? newItem(crypto.randomUUID(), file, settings)
    first ??= item.id
    if (waiting === undefined) changeItems([...items, item])
    giveFile(item.id, file)
  }
  startUploads()
  return first
}

function giveFile(id: string, file: File): void {
  files.set(id, file)
  void keepFile(id, file)
  updateItem(id, { problem: null })
}

/** Gives an item whose upload was cut off its file. It must be the same one. */
export function attachFile(id: string, file: File): void {
  const item = items.find(one => one.id === id)
  if (item === undefined) return
  if (!isSame(item, file)) {
    showToast(`${file.name} is not the file that was chosen before. Add it as another file.`, { tone: 'bad' })
    return
  }
  giveFile(id, file)
  startUploads()
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
  forgetFile(id)
  changeItems(items.filter(item => item.id !== id))
}

function forgetFile(id: string): void {
  files.delete(id)
  void dropFile(id)
}

function startUploads(): void {
  for (const item of items) {
    if (running.size >= UPLOADS_AT_ONCE) return
    const file = files.get(item.id)
    if (item.step === 'upload' && item.problem === null && file !== undefined && !running.has(item.id))
      void upload(item.id, file)
  }
}

async function upload(id: string, file: File): Promise<void> {
  const controller = new AbortController()
  const { signal } = controller
  running.set(id, controller)
  window.addEventListener('beforeunload', warnOfLoss)
  const onProgress = (transfer: Transfer) => {
    transfers.set(id, transfer)
    announce()
  }
  try {
    const s3Key = await uploadFile(file, { signal, onProgress })
    forgetFile(id)
    updateItem(id, { s3Key, step: 'check' })
    if (items.find(item => item.id === id)?.corrects != null) await startImport(id)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (!signal.aborted) updateItem(id, { problem: { reason: 'failed', message } })
  } finally {
    running.delete(id)
    transfers.delete(id)
    announce()
    if (running.size === 0) window.removeEventListener('beforeunload', warnOfLoss)
    startUploads()
  }
}

/** The browser asks whether to leave the page. */
function warnOfLoss(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

/** After a reload: uploads start again with the files that the browser has kept. */
async function resumeUploads(): Promise<void> {
  const cutOff = items.filter(({ step }) => step === 'upload')
  const kept = await restoreFiles(cutOff.map(({ id }) => id))
  for (const item of cutOff) {
    // Perhaps it was removed or chosen again meanwhile.
    if (files.has(item.id) || !items.some(({ id }) => id === item.id)) continue
    const file = kept.get(item.id)
    if (file === undefined) updateItem(item.id, { problem: fileGone(item) })
    else files.set(item.id, file)
  }
  startUploads()
}

void resumeUploads()

onSignOut(() => {
  for (const { id } of items) removeItem(id)
})

/** Creates the job. An error is shown, and the item stays where it is. */
export async function startImport(id: string): Promise<void> {
  const item = items.find(one => one.id === id)
  if (item?.s3Key == null) return
  try {
    const body = { job_type: 'insert_csv_file' as const, job_data: importData(item) }
    const { data } = await take(api.POST('/common/jobs/create', { body }))
    updateItem(id, { job: data.uuid, step: 'run' })
    followImport(data.uuid)
    if (item.corrects !== null) {
      keepImportedRows(item.corrects, data.uuid, readCorrections(item.corrects))
      forgetCorrections(item.corrects)
    }
  } catch (error) {
    updateItem(id, { corrects: null })
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
