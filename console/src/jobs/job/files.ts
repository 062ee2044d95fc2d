/** Files of jobs: downloads, and the beginning of a file to look at. */
import { api, BASE_URL, readError, take } from '../../api/client.ts'
import { saveFile } from '../../api/save-file.ts'
import { showError } from '../../ui/toasts.ts'
import { ownAddress } from './own-address.ts'

async function downloadUrl(s3Key: string, signal?: AbortSignal): Promise<string> {
  const query = { s3_key: s3Key }
  const { download_url } = await take(api.GET('/common/download-url', { params: { query }, signal: signal ?? null }))
  return ownAddress(download_url, BASE_URL)
}

/** Bytes. A larger file does not have to fit into the page. */
const MOST_NAMED = 64 << 20

/** The browser saves the file; unless it is large, as `name`. A link could not name it: the name that the server sends is stronger. */
export async function downloadFile(s3Key: string, name?: string): Promise<void> {
  try {
    const url = await downloadUrl(s3Key)
    if (name !== undefined) {
      const response = await fetch(url)
      if (!response.ok) throw await readError(response)
      if (Number(response.headers.get('Content-Length')) <= MOST_NAMED) {
        saveFile(await response.blob(), name)
        return
      }
      await response.body?.cancel()
    }
    const link = document.createElement('a')
    link.href = url
    link.download = ''
    link.click()
  } catch (error) {
    showError(error)
  }
}

interface Beginning {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The file has no more. */
  readonly isWhole: boolean
}

/** The first bytes of a file, at most `most`. */
export async function fetchBeginning(s3Key: string, most: number, signal: AbortSignal): Promise<Beginning> {
  const response = await fetch(await downloadUrl(s3Key, signal), { headers: { Range: `bytes=0-${most - 1}` }, signal })
  // No range fits an empty file.
  if (response.status === 416) return { bytes: new Uint8Array(), isWhole: true }
  if (!response.ok || response.body === null) throw await readError(response)
  const bytes = await readAtMost(response.body, most)
  return { bytes, isWhole: bytes.length < most }
}

/** Also for a stream that fails at its end, such as the decompression of a cut file: what came before is kept. */
export async function readAtMost(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader()
  const parts: Uint8Array[] = []
  let length = 0
  try {
    while (length < most) {
      const { done, value } = await reader.read()
      if (done) break
      parts.push(value)
      length += value.length
    }
    if (length >= most) await reader.cancel()
  } catch (error) {
    if (length === 0) throw error
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes.subarray(0, most)
}
