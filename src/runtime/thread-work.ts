/** Work that another thread does: it gets a task and a stream of input, and sends back a stream of parts. */
import { once } from 'node:events'
import { MessageChannel, type MessagePort, parentPort } from 'node:worker_threads'
import { ConnectraError } from '../errors.ts'
import type { KeptThreads } from './kept-threads.ts'
import { receiveThrough, type SendOptions, sendThrough, UnreadableMessage } from './port-stream.ts'
import { failOnUnreadable } from './unreadable-messages.ts'

interface Work<Task> {
  readonly task: Task
  readonly input: MessagePort
  readonly output: MessagePort
}

export interface WorkOptions<In> extends SendOptions<In> {
  /** When it aborts, the thread is terminated, whatever it is doing, and the iteration ends. */
  readonly signal?: AbortSignal | undefined
  /** The message of the error if the thread ends without one before its work is done. */
  readonly onLoss: string
}

/**
 * Iterates over the parts of the work. A ConnectraError of the work is thrown here, with its details; any other error ends the
 * thread and is thrown as well. An error of `input` is thrown as it is. When the iteration ends, no more of `input` is read; the caller
 * closes its source.
 */
export async function* workInThread<Part, Task, In>(
  threads: KeptThreads,
  task: Task,
  input: AsyncIterable<In>,
  { signal, onLoss, ...sending }: WorkOptions<In>,
): AsyncGenerator<Part> {
  if (signal?.aborted) return
  const thread = threads.take()
  /** Aborts when the iteration is over. */
  const ended = new AbortController()
  const exit = once(thread, 'exit', { signal: ended.signal })
  exit.catch(() => {})
  const terminate = () => void thread.terminate()
  signal?.addEventListener('abort', terminate)
  const inputs = new MessageChannel()
  const outputs = new MessageChannel()
  const work: Work<Task> = { task, input: inputs.port2, output: outputs.port2 }
  thread.postMessage(work, [work.input, work.output])
  let failure: unknown = null
  let isIdle = false
  async function* watched(): AsyncGenerator<In> {
    try {
      yield* input
    } catch (error) {
      // The work may need only the beginning of its input. The thread may be doing other work by now.
      if (!ended.signal.aborted) failure = error
      throw error
    }
  }
  sendThrough(inputs.port1, watched(), sending).catch(() => {
    if (!ended.signal.aborted) terminate()
  })
  try {
    yield* receiveThrough<Part>(outputs.port1)
    isIdle = true
  } catch (error) {
    isIdle = error instanceof ConnectraError
    // What comes back from the thread has lost its class.
    if (failure !== null) throw failure
    // After an unreadable message, the thread does not end by itself.
    if (isIdle || error instanceof UnreadableMessage) throw error
    if (signal?.aborted) return
    await exit
    throw new Error(onLoss)
  } finally {
    // A thread that is kept would otherwise collect the listeners of all its works.
    ended.abort()
    signal?.removeEventListener('abort', terminate)
    inputs.port1.close()
    const isTerminated = signal?.aborted || failure !== null
    if (isIdle && !isTerminated) threads.keep(thread)
    else await thread.terminate()
  }
}

/** Does the work that `workInThread` sends to this thread. An unexpected error ends the thread. */
export function serveWork<Part, Task, In>(
  work: (task: Task, input: AsyncIterable<In>) => AsyncIterable<Part>,
  sending: SendOptions<Part>,
): void {
  failOnUnreadable(parentPort!)
  parentPort!.on('message', async ({ task, input, output }: Work<Task>) => {
    await sendThrough(output, work(task, receiveThrough<In>(input)), sending)
  })
}
