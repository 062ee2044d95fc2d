/** Starts the process that measures a tree. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { receiveFrom } from '../shared/receive.ts'
import type { Order, Reply } from './side.ts'
import type { Setup, Tasks } from './tasks.ts'

export interface Side {
  /** Runs a task. Rejects if it fails. */
  run<T extends keyof Tasks>(task: T, ...values: Parameters<Tasks[T]>): Promise<Awaited<ReturnType<Tasks[T]>>>
  /** Ends the process, and all that it has started. */
  end(): Promise<void>
}

export function startSide(tree: string, setup: Setup): Side {
  const child = fork(join(tree, 'bench/guard/side.ts'), {
    cwd: tree,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  child.send(setup)
  return {
    async run(task, ...values) {
      child.send({ task, values } satisfies Order)
      const reply = await receiveFrom<Reply>(child).catch(cause => {
        throw new Error(`the process that measures ${tree} has ended; its error is above`, { cause })
      })
      if ('error' in reply) throw new Error(`${task} failed in ${tree}: ${reply.error}`)
      return reply.value as never
    },
    async end() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
