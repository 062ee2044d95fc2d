/** A process of `bench guard` that measures the tree it belongs to. It runs one task after another, and ends with its parent. */
import { once } from 'node:events'
import { createTasks, type Setup, type Tasks } from './tasks.ts'

export interface Order {
  readonly task: keyof Tasks
  readonly values: readonly unknown[]
}

export type Reply = { readonly value: unknown } | { readonly error: string }

// The parent ends it, when it has stopped what it runs.
process.on('SIGINT', () => {})
// Servers that it has started are killed at its exit.
process.on('disconnect', () => process.exit())

const [setup] = (await once(process, 'message')) as [Setup]
const tasks = createTasks(setup)
process.on('message', async ({ task, values }: Order) => {
  const run = tasks[task] as (...values: readonly unknown[]) => Promise<unknown>
  const reply: Reply = await run(...values).then(
    value => ({ value }),
    error => ({ error: String(error instanceof Error ? error.stack : error) }),
  )
  process.send!(reply)
})
