/** The log: JSON, a line an event, or in colours for a person who watches. */
import { type DestinationStream, type Logger, pino } from 'pino'
import { PinoPretty } from 'pino-pretty'
import type { Config } from './config.ts'

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
  return pino(options, pretty as DestinationStream)
}

/** What of an error goes into the log: its kind, code and message; the stack for those who debug, or where nobody foresaw it. */
function describeError(error: unknown, stack: boolean): unknown {
  if (!(error instanceof Error)) return error
  const code = (error as { code?: unknown }).code
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(stack || code === undefined ? { stack: error.stack } : {}),
    ...(error.cause instanceof Error ? { cause: describeError(error.cause, stack) } : {}),
  }
}
