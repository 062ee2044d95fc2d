/** What the engine and its writer thread say to each other. All of it is plain data over `SharedArrayBuffer`s. */
import type { Position } from '../engine.ts'
import type { IndexState } from './index-state.ts'

/** A state of the index with the place of the feed that it shows. */
export interface Published {
  readonly state: IndexState
  readonly position: Position
}

/** What a writer begins with: the last state of its predecessor, or null to build from the database. */
export interface WriterData {
  readonly databaseUrl: string
  readonly published: Published | null
}

export type FromWriter =
  | { readonly type: 'state'; readonly published: Published }
  | { readonly type: 'log'; readonly level: 'info' | 'warn'; readonly details: object; readonly message: string }

/** The only thing a writer is told: to end. */
export type ToWriter = 'close'
