/** Uploads one file: a signed URL, then a PUT with progress. Tries again while the server cannot be reached. */
import { ApiError, api, BASE_URL, readError, take } from '../../api/client.ts'
import { addReading, type Meter, rateOf, secondsLeft, startMeter } from '../../jobs/job/meter.ts'
import { ownAddress } from '../../jobs/job/own-address.ts'
import { NO_ATTEMPTS, nextAttempt } from './next-attempt.ts'

export interface Transfer {
  /** Bytes. */
  readonly loaded: number
  readonly total: number
  /** Bytes per second. */
  readonly rate: number | null
  readonly secondsLeft: number | null
  /** When the next attempt starts, if the last one failed. */
  readonly retryAt: number | null
}

interface UploadOptions {
  readonly signal: AbortSignal
  readonly onProgress: (transfer: Transfer) => void
}

/** Milliseconds without progress after which the connection counts as lost. */
const STALLED = 45_000

/** Returns the key of the uploaded file. */
export async function uploadFile(file: File, { signal, onProgress }: UploadOptions): Promise<string> {
  let attempts = NO_ATTEMPTS
  for (;;) {
    let reached = 0
    const note = (transfer: Transfer) => {
      reached = transfer.loaded
      onProgress(transfer)
    }
    try {
      const query = { filename: file.name.trim() || 'file.csv' }
      const { upload_url, s3_key } = await take(api.GET('/common/upload-url', { params: { query }, signal }))
      await putFile(ownAddress(upload_url, BASE_URL), file, { signal, onProgress: note })
      return s3_key
    } catch (error) {
      const { seconds, ...next } = nextAttempt(attempts, reached)
      if (signal.aborted || seconds === null || !isPassing(error)) throw error
      attempts = next
      await checkReadable(file)
      onProgress({ ...NOTHING, total: file.size, retryAt: Date.now() + seconds * 1000 })
      await pause(seconds * 1000, signal)
    }
  }
}

const NOTHING: Transfer = { loaded: 0, total: 0, rate: null, secondsLeft: null, retryAt: null }

function isPassing(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    (error.status === 0 || error.status === 503 || error.status === 502 || error.status === 504)
  )
}

/** A file that was changed or moved since it was chosen fails like a lost connection. */
async function checkReadable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer()
  } catch {
    throw new Error('The file cannot be read any more. It was probably moved or changed. Choose it again.')
  }
}

/** With XMLHttpRequest, because `fetch` reports no progress of what it sends. The URL is signed: no key goes along. */
function putFile(url: string, file: File, { signal, onProgress }: UploadOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    let meter: Meter = startMeter(performance.now(), 0)
    let stalled: ReturnType<typeof setTimeout> | undefined
    const watch = () => {
      clearTimeout(stalled)
      stalled = setTimeout(() => request.abort(), STALLED)
    }
    const stop = () => request.abort()
    request.upload.onprogress = ({ loaded }) => {
      watch()
      meter = addReading(meter, performance.now(), loaded)
      const rate = rateOf(meter)
      onProgress({ loaded, total: file.size, rate, secondsLeft: secondsLeft(file.size - loaded, rate), retryAt: null })
    }
    // From here on the server stores the file, which may take its time.
    request.upload.onload = () => clearTimeout(stalled)
    request.onload = () => void finish(request).then(resolve, reject)
    request.onerror = () => reject(lost())
    request.onabort = () => reject(signal.aborted ? signal.reason : lost())
    request.onloadend = () => {
      clearTimeout(stalled)
      signal.removeEventListener('abort', stop)
    }
    signal.throwIfAborted()
    signal.addEventListener('abort', stop)
    request.open('PUT', url)
    onProgress({ ...NOTHING, total: file.size })
    watch()
    request.send(file)
  })
}

async function finish({ status, responseText }: XMLHttpRequest): Promise<void> {
  if (status >= 200 && status < 300) return
  throw await readError(new Response(responseText, { status: status === 0 ? 502 : status }))
}

function lost(): ApiError {
  return new ApiError('ERR_NETWORK', 'The connection to the server was lost during the upload.')
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal.addEventListener('abort', stop, { once: true })
  })
}
