/** What the engine and its writer threads share and say to each other: plain data over `SharedArrayBuffer`s. */
import type { Log } from '../../../runtime/log.ts'
import type { Published } from '../index-state.ts'
import type { SnapshotPatience } from '../snapshot/schedule.ts'

/** What is young in these threads dies young: the room V8 gives it by default is 110 MB more, and building no faster. */
export const THREAD_LIMITS = { maxYoungGenerationSizeMb: 16 } as const

/** What a writer begins with: the last state of its predecessor, or null to begin with the snapshot or the database. */
export interface WriterData {
  readonly databaseUrl: string
  readonly published: Published | null
  /** Null: the index keeps nothing on disk. */
  readonly snapshot: {
    readonly directory: string
    readonly patience: SnapshotPatience
    /** Begin with it. */
    readonly load: boolean
  } | null
}

export type FromWriter =
  /** `complete`: it has all that was committed when the writer started. */
  | { readonly type: 'state'; readonly published: Published; readonly complete: boolean }
  /** The database does not know the position of what was published: it may lack any write until the next state. */
  | { readonly type: 'outdated' }
  | LogMessage

export interface LogMessage {
  readonly type: 'log'
  readonly level: keyof Log
  readonly message: string
  /** `err` goes as `error`: an error that is posted as one loses its code. */
  readonly details: object
  readonly error: { readonly name: string; readonly message: string; readonly code: unknown } | null
}

export function packLog(level: LogMessage['level'], details: object, message: string): LogMessage {
  const { err, ...rest } = details as { err?: unknown }
  const error =
    err instanceof Error ? { name: err.name, message: err.message, code: 'code' in err ? err.code : null } : null
  return { type: 'log', level, message, details: rest, error }
}

/** The details as they were, with `err` an error again. */
export function unpackDetails({ details, error }: LogMessage): object {
  return error === null ? details : { ...details, err: Object.assign(new Error(error.message), error) }
}

/** The only thing a writer is told: to end. */
export type ToWriter = 'close'
