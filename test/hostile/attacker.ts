/** Repeats attacks in a separate process, so that it does not slow down the measuring client: one from each order to the next 'stop'. */
import { once } from 'node:events'
import { ATTACKS } from './attacks.ts'
import type { Target } from './client.ts'

export interface Order {
  readonly attack: string
  readonly connections: number
  readonly target: Target
}

for (;;) {
  const [{ attack, connections, target }] = (await once(process, 'message')) as [Order]
  const { run } = ATTACKS.find(({ name }) => name === attack)!
  const ended = new AbortController()
  let rounds = 0
  const stopped = once(process, 'message')
  const attacking = Array.from({ length: connections }, async () => {
    while (!ended.signal.aborted) {
      // A hostile client expects errors. The effect on the server is measured from outside.
      await run(target, ended.signal, rounds++).catch(() => {})
    }
  })
  await stopped
  ended.abort()
  await Promise.all(attacking)
  process.send!(rounds)
}
