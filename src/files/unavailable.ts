/** Storage that does not respond, such as a network file system or S3 during an outage. */
import { Readable } from 'node:stream'
import { ConnectraError } from '../errors.ts'
import { UNREACHABLE } from '../runtime/unreachable.ts'
import type { ObjectStore } from './object-store.ts'

/** Seconds. */
const RETRY_AFTER = 5

/** The storage does not respond, or asks its clients to slow down. The same call may succeed later, so a job waits. */
export class StoreUnavailable extends ConnectraError {
  /** A few words: `SlowDown`, `ECONNREFUSED`. */
  readonly reason: string

  constructor(reason: string, cause?: unknown) {
    super('ERR_UNAVAILABLE', `the file storage is unavailable (${reason}): try again shortly`, {
      retryAfter: RETRY_AFTER,
      cause,
    })
    this.reason = reason
  }
}

/** System errors of a network, and of a network file system whose server is gone. */
const SYSTEM = new Set([...UNREACHABLE, 'ECONNABORTED', 'EHOSTDOWN', 'ENOTCONN', 'ESTALE'])
/** What S3 and servers like it call their errors. */
const NAMES = new Set([
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
  'ServiceUnavailable',
  'InternalError',
  'RequestTimeout',
  'TimeoutError',
])
const NOT_IMPLEMENTED = 501

/** Why the storage is unavailable, in a word; null if the error means something else. */
export function outageOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const { code, name, $metadata } = error as { code?: unknown; name: string; $metadata?: { httpStatusCode?: number } }
  if (typeof code === 'string' && SYSTEM.has(code)) return code
  if (NAMES.has(name)) return name
  const status = $metadata?.httpStatusCode ?? 0
  return status === 429 || (status >= 500 && status !== NOT_IMPLEMENTED) ? `status ${status}` : null
}

function withOutage(error: unknown): unknown {
  const reason = error instanceof ConnectraError ? null : outageOf(error)
  return reason === null ? error : new StoreUnavailable(reason, error)
}

/**
 * The same store, whose calls and streams fail with StoreUnavailable if its storage does not respond. Without it the error would look
 * like one of another connection, such as that of the database. Errors of the content that is stored are passed on unchanged.
 */
export function reportOutages<Store extends ObjectStore>(store: Store): Store {
  return {
    ...store,
    put: async (key, content, options) => {
      let failure: { readonly error: unknown } | null = null
      async function* watched(): AsyncGenerator<Uint8Array | string> {
        try {
          yield* content
        } catch (error) {
          failure = { error }
          throw error
        }
      }
      return await store.put(key, watched(), options).catch(error => {
        throw failure === null ? withOutage(error) : error
      })
    },
    get: async (...args) => reportStream(await reported(store.get(...args))),
    size: async key => await reported(store.size(key)),
    version: async key => await reported(store.version(key)),
    list: async prefix => await reported(store.list(prefix)),
    delete: async key => await reported(store.delete(key)),
  }
}

async function reported<T>(call: Promise<T>): Promise<T> {
  return await call.catch(error => {
    throw withOutage(error)
  })
}

/** Passes the bytes on. Destroying the result destroys the source, even if that never responds. */
function reportStream(source: Readable): Readable {
  const target = new Readable({
    highWaterMark: source.readableHighWaterMark,
    read: () => void source.resume(),
    destroy(error, done) {
      source.destroy()
      done(error)
    },
  })
  source.on('data', chunk => {
    if (!target.push(chunk)) source.pause()
  })
  source.on('end', () => target.push(null))
  source.on('error', error => target.destroy(withOutage(error) as Error))
  source.on('close', () => {
    if (!source.readableEnded && source.errored === null) target.destroy()
  })
  return target
}
