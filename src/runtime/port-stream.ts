/** Iterations whose items are made in one thread and used in another, through a MessagePort. */
import { on } from 'node:events'
import type { MessagePort, Transferable } from 'node:worker_threads'
import { ConnectraError, type ErrorCode, type ErrorOptions } from '../errors.ts'

/** A ConnectraError without its cause, as plain data. */
export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  readonly options: ErrorOptions
}

type Sent<T> = { readonly item: T } | { readonly refused: Refusal } | 'ended'

export interface SendOptions<T> {
  /** How many items may be on their way, or waiting at the receiver. */
  readonly ahead: number
  /** The buffers of an item that are transferred instead of copied. */
  readonly transferOf?: (item: T) => readonly Transferable[]
}

/** A message could not be read where it arrived. */
export class UnreadableMessage extends Error {
  override readonly name = 'UnreadableMessage'
}

/**
 * Sends the items to `receiveThrough` at the other end of the port. A ConnectraError of the iteration is thrown there; other errors
 * are thrown here. When the port is closed, the iteration ends.
 */
export async function sendThrough<T>(
  port: MessagePort,
  items: AsyncIterable<T>,
  options: SendOptions<T>,
): Promise<void> {
  const { ahead, transferOf = () => [] } = options
  const post = (message: Sent<T>, transferred: readonly Transferable[] = []) => port.postMessage(message, transferred)
  const taken = on(port, 'message', { close: ['close'] })
  port.once('messageerror', () => port.close())
  try {
    let waiting = 0
    for await (const item of items) {
      post({ item }, transferOf(item))
      if (++waiting < ahead) continue
      if ((await taken.next()).done) return
      waiting--
    }
    post('ended')
  } catch (error) {
    if (!(error instanceof ConnectraError)) throw error
    post({ refused: refusalOf(error) })
  } finally {
    await taken.return?.()
  }
}

/**
 * The items of `sendThrough` at the other end of the port. Throws if the port is closed before the end, and UnreadableMessage if an
 * item is lost.
 */
export async function* receiveThrough<T>(port: MessagePort): AsyncGenerator<T> {
  const messages = on(port, 'message', { close: ['close'] }) as AsyncIterable<[Sent<T>]>
  let lost: UnreadableMessage | null = null
  port.once('messageerror', cause => {
    lost = new UnreadableMessage('a message of another thread cannot be read', { cause })
    port.close()
  })
  try {
    for await (const [message] of messages) {
      if (message === 'ended') return
      if ('refused' in message) throw errorOf(message.refused)
      yield message.item
      port.postMessage('taken')
    }
    throw lost ?? new Error('the port was closed before the last item')
  } finally {
    port.close()
  }
}

export function refusalOf(error: ConnectraError): Refusal {
  const { code, message, details, detailsText, retryAfter, final } = error
  return {
    code,
    message,
    options: {
      ...(details === undefined ? {} : { details }),
      ...(detailsText === undefined ? {} : { detailsText }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
      final,
    },
  }
}

export function errorOf({ code, message, options }: Refusal): ConnectraError {
  return new ConnectraError(code, message, options)
}
