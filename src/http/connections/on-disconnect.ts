/** What to do when a client disconnects. */
import type { EventEmitter } from 'node:events'
import { ConnectraError } from '../../errors.ts'

/** The connection of a client. */
export type Client = Pick<EventEmitter, 'once' | 'off'> & { readonly destroyed: boolean }

interface Watched {
  readonly actions: Set<() => void>
  readonly close: () => void
}

const watched = new WeakMap<Client, Watched>()

/**
 * Runs `action` when the client disconnects, or at once if it has. Returns a function that undoes this. A connection has one
 * listener, however many of its requests are pipelined.
 */
export function onDisconnect(client: Client, action: () => void): () => void {
  if (client.destroyed) {
    action()
    return () => {}
  }
  const { actions, close } = watched.get(client) ?? watch(client)
  actions.add(action)
  return () => {
    actions.delete(action)
    if (actions.size > 0) return
    watched.delete(client)
    client.off('close', close)
  }
}

/** Runs the task with a signal that aborts when the client disconnects. */
export async function whileConnected<T>(client: Client, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const gone = new AbortController()
  const stop = onDisconnect(client, () => {
    gone.abort(new ConnectraError('ERR_CANCELLED', 'the client disconnected'))
  })
  try {
    return await task(gone.signal)
  } finally {
    stop()
  }
}

function watch(client: Client): Watched {
  const actions = new Set<() => void>()
  const close = () => {
    for (const action of actions) action()
  }
  const entry = { actions, close }
  watched.set(client, entry)
  client.once('close', close)
  return entry
}
