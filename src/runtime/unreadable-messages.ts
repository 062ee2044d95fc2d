/**
 * Messages between threads that cannot be read where they arrive, for example because there is no memory for their data. They are
 * lost, and whoever waits for them would wait forever.
 */
import type { MessagePort, Worker } from 'node:worker_threads'

/** An unreadable message from the thread is an error of the thread, which is terminated. */
export function endOnUnreadable(thread: Worker): void {
  thread.on('messageerror', error => {
    thread.emit('error', error)
    void thread.terminate()
  })
}

/** An unreadable message to this thread ends it with the error. `port`: its `parentPort`. */
export function failOnUnreadable(port: MessagePort): void {
  port.on('messageerror', error => {
    throw error
  })
}
