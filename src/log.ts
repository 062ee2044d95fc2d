/** The log: one line of JSON per event, or coloured text on a terminal. */
import { type DestinationStream, type Logger, pino } from 'pino'
import { PinoPretty } from 'pino-pretty'
import type { Config } from './config.ts'
import { isUnavailable } from './database/unavailable.ts'
import { printableLines } from './text/printable.ts'

export type { Logger }

export function createLog(level: Config['logLevel'], output: NodeJS.WriteStream): Logger {
  const stack = level === 'debug' || level === 'trace'
  const options = {
    level,
    base: null,
    serializers: { err: (error: unknown) => describeError(error, stack) },
  }
  if (!output.isTTY) return pino(options, output)
  const pretty = PinoPretty({ destination: output, translateTime: 'SYS:HH:MM:ss', singleLine: true, sync: true })
  return pino(options, escapingFor(pretty as DestinationStream))
}

/** Messages quote names and headers from files, which must not control the terminal. The colours come later. */
function escapingFor(pretty: DestinationStream): DestinationStream {
  const escaped = (_: string, value: unknown) => (typeof value === 'string' ? printableLines(value) : value)
  return { write: line => pretty.write(`${JSON.stringify(JSON.parse(line, escaped))}\n`) }
}

/**
 * What the log shows of an error: type, code and message. The stack is added for debugging and for unexpected errors; an outage of
 * another server is none, and neither is what caused it. `quiet`: the error has caused an outage.
 */
function describeError(error: unknown, stack: boolean, quiet = false): unknown {
  if (!(error instanceof Error)) return error
  const code = (error as { code?: unknown }).code
  const isOutage = quiet || code === 'ERR_UNAVAILABLE' || isUnavailable(error)
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(stack || (code === undefined && !isOutage) ? { stack: error.stack } : {}),
    ...(error.cause instanceof Error ? { cause: describeError(error.cause, stack, isOutage) } : {}),
  }
}
