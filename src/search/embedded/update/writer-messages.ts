/** The data that the engine and its writer thread exchange: plain data over `SharedArrayBuffer`s. */
import type { LogMessage } from '../../packed-log.ts'
import type { Published } from '../index-state.ts'
import type { SnapshotPatience } from '../snapshot/schedule.ts'

/** Most objects in these threads are short-lived. V8's default young generation takes 110 MB more without building faster. */
export const THREAD_LIMITS = { maxYoungGenerationSizeMb: 16 } as const

/** What a writer thread starts with. */
export interface WriterData {
  readonly databaseUrl: string
  /** Whether this process runs PostgreSQL. */
  readonly ownDatabase: boolean
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

/** The only message to a writer: it should end. */
export type ToWriter = 'close'
