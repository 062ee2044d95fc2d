/**
 * The gate for requests that open a session. Anybody can send sign-in codes. So they get few connections to the database, few
 * of them may wait for these, and one address cannot take all places.
 */
import type { FastifyRequest } from 'fastify'
import { ConnectraError } from '../errors.ts'
import { createGate } from '../runtime/gate.ts'
import { whileConnected } from './connections/on-disconnect.ts'

const AT_A_TIME = 2
const MAX_PENDING = 100
const MAX_PENDING_OF_AN_ADDRESS = 20

/** Runs the task, or does not start it if the client disconnects before its turn. ERR_RATE_LIMITED if too many wait. */
export type ExchangeGate = <T>(request: FastifyRequest, task: () => Promise<T>) => Promise<T>

export function createExchangeGate(): ExchangeGate {
  const gate = createGate(AT_A_TIME)
  const pending = new Map<string, number>()
  let total = 0

  function enter(address: string): void {
    const own = pending.get(address) ?? 0
    if (total >= MAX_PENDING || own >= MAX_PENDING_OF_AN_ADDRESS)
      throw new ConnectraError('ERR_RATE_LIMITED', 'too many attempts to sign in: try again in a second', {
        retryAfter: 1,
      })
    pending.set(address, own + 1)
    total++
  }

  function leave(address: string): void {
    const own = pending.get(address)! - 1
    if (own === 0) pending.delete(address)
    else pending.set(address, own)
    total--
  }

  return async ({ ip, raw }, task) => {
    enter(ip)
    try {
      return await whileConnected(raw.socket, signal => gate(task, signal))
    } finally {
      leave(ip)
    }
  }
}
