/** The data that the engine and its writer thread exchange: plain data over `SharedArrayBuffer`s. */
import type { Log } from '../../../runtime/log.ts'
import type { Published } from '../index-state.ts'
import type { SnapshotPatience } from '../snapshot/schedule.ts'

/** Most objects in these threads are short-lived. V8's default young generation takes 110 MB more without building faster. */
export const THREAD_LIMITS = { maxYoungGenerationSizeMb: 16 } as const

/** What a writer thread starts with. */
export interface WriterData {
  readonly databaseUrl: string
  /** The last state of the previous writer. If null, the writer starts from the snapshot or the database. */
  readonly published: Published | null
  /** Null if the index has no snapshot on disk. */
  readonly snapshot: {
    readonly directory: string
    readonly patience: SnapshotPatience
    /** Whether to start from it. */
    readonly load: boolean
  } | null
}

export type FromWriter =
  /** `complete`: the state includes everything that was committed when the writer started. */
  | { readonly type: 'state'; readonly published: Published; readonly complete: boolean }
  /** The database does not know the position of the published state. Until the next complete state, any write may be missing from it. */
  | { readonly type: 'outdated' }
  /** The index is being rebuilt because it is outdated. */
  | { readonly type: 'rebuilding' }
  | LogMessage

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

/** The only message to a writer: it should end. */
export type ToWriter = 'close'
