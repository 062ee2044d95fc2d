/** A process that repeats one attack until it is told to stop, so that its own work does not delay the measuring client. */
import { ATTACKS } from './attacks.ts'
import type { Target } from './client.ts'

export interface Order {
  readonly attack: string
  readonly target: Target
}

process.once('message', async ({ attack, target }: Order) => {
  const { run, connections } = ATTACKS.find(({ name }) => name === attack)!
  const ended = new AbortController()
  let rounds = 0
  process.once('message', () => ended.abort())
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (!ended.signal.aborted) {
        // Errors are what a hostile client provokes; how the server fares is seen from outside.
        await run(target, ended.signal, rounds++).catch(() => {})
      }
    }),
  )
  process.send!(rounds, () => process.exit())
})
