/** Repeats one attack in a separate process until it receives a message, so that it does not slow down the measuring client. */
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
        // A hostile client expects errors. The effect on the server is measured from outside.
        await run(target, ended.signal, rounds++).catch(() => {})
      }
    }),
  )
  process.send!(rounds, () => process.exit())
})
