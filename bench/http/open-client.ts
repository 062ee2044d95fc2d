/** Opens a client in a thread of its own. */
import { Worker } from 'node:worker_threads'
import { API_KEY } from '../shared/serve-process.ts'
import type { Load, LoadResult } from './client.ts'

export interface Client {
  /** Sends requests and resolves when all are answered. Runs one load at a time. Rejects if a request fails. */
  run(load: Omit<Load, 'key'>): Promise<LoadResult>
  close(): Promise<unknown>
}

export function openClient(): Client {
  const thread = new Worker(new URL('./client.ts', import.meta.url))
  return {
    async run(load) {
      const { promise, resolve, reject } = Promise.withResolvers<LoadResult>()
      thread.once('message', resolve).once('error', reject)
      thread.postMessage({ ...load, key: API_KEY } satisfies Load)
      return await promise.finally(() => thread.off('message', resolve).off('error', reject))
    },
    close: () => thread.terminate(),
  }
}
