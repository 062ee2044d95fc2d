/** Signs requests to a domain of Amazon OpenSearch Service: AWS Signature Version 4, service `es`. */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { ConnectraError } from '../../../errors.ts'

export interface SignableRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  /** With `host`. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Returns the headers to send. Throws ConnectraError ERR_UNAVAILABLE without credentials, and the reason of `signal` once that aborts. */
export type Sign = (request: SignableRequest, signal: AbortSignal) => Promise<Readonly<Record<string, string>>>

/** Credentials come from where AWS clients find them, and are renewed before they expire. */
export async function openSigner(region: string): Promise<Sign> {
  // Loaded only when needed: these modules take some 10 MB.
  const { SignatureV4 } = await import('@smithy/signature-v4')
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node')
  const credentials = defaultProvider()
  const signer = new SignatureV4({ service: 'es', region, credentials, sha256: Sha256 })

  return async ({ method, path, headers, body }, signal) => {
    // The chain may ask the network, which has time limits of its own.
    await untilAborted(credentials().catch(refuse), signal)
    const { pathname, searchParams } = new URL(path, 'http://node')
    const query = Object.fromEntries(searchParams)
    const hostname = headers.host!
    const signed = await signer.sign({ method, protocol: 'https:', hostname, path: pathname, query, headers, body })
    return signed.headers
  }
}

function refuse(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error)
  throw new ConnectraError('ERR_UNAVAILABLE', `no AWS credentials to sign requests to OpenSearch: ${reason}`, {
    retryAfter: 5,
    cause: error,
  })
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** What the signer needs: a hash, or an HMAC if there is a secret. */
class Sha256 {
  readonly #hash: Hash | Hmac

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data))
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data)
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
}
