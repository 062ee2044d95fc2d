/** Whether clients reach a server: through the load balancer, if there is one. */
import { type Found, warning } from './report.ts'

const ANSWER_WITHIN = 5_000

/** `answerWithin`: milliseconds. */
export async function checkPublicUrl(url: string, answerWithin = ANSWER_WITHIN): Promise<Found> {
  const address = `${url}/health/live`
  try {
    const reply = await fetch(address, { signal: AbortSignal.timeout(answerWithin) })
    await reply.body?.cancel()
    if (reply.ok) return `a server answers at ${url}`
    return warning(`${address} replied with status ${reply.status}: ${ADVICE}`)
  } catch (error) {
    return warning(`${address} ${reasonOf(error, answerWithin)}: ${ADVICE}`)
  }
}

const ADVICE =
  'check that the load balancer and a server are running and not suspended, and that PUBLIC_URL can be reached from this machine'

function reasonOf(error: unknown, answerWithin: number): string {
  const { name, cause, message } = error as {
    name: string
    cause?: { code?: string; message?: string }
    message: string
  }
  if (name === 'TimeoutError') return `did not answer within ${answerWithin / 1000} s`
  return `cannot be reached (${cause?.code ?? cause?.message ?? message})`
}
