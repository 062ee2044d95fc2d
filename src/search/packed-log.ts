/** Lines for the log, as a thread sends them to the one that writes the log. */
import type { Log } from '../runtime/log.ts'

export interface LogMessage {
  readonly type: 'log'
  readonly level: keyof Log
  readonly message: string
  /** The `err` of the details is sent as `error`, because an Error loses its code when it is posted. */
  readonly details: object
  readonly error: { readonly name: string; readonly message: string; readonly code: unknown } | null
}

export function packLog(level: LogMessage['level'], details: object, message: string): LogMessage {
  const { err, ...rest } = details as { err?: unknown }
  const error =
    err instanceof Error ? { name: err.name, message: err.message, code: 'code' in err ? err.code : null } : null
  return { type: 'log', level, message, details: rest, error }
}

/** Restores the details, with `err` as an Error. */
export function unpackDetails({ details, error }: LogMessage): object {
  return error === null ? details : { ...details, err: Object.assign(new Error(error.message), error) }
}
