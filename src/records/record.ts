/** What the parts of this folder hand to each other. */
import type { Problem } from '../errors.ts'
import type { Service } from '../fields.ts'

/** A cleaned value: text, keyword, uuid: string; integer: number; list: strings, never empty. */
export type Value = string | number | readonly string[]

/** Cleaned values by field name. Absent or undefined: keep what is stored. Null: clear it. */
export type Values = Readonly<Record<string, Value | null | undefined>>

/** One record to be created or updated. */
export interface RecordWrite {
  readonly uuid: string
  readonly values: Values
  /** Companies: the domain of a person's e-mail, which fills `normalized_domain` when nothing else does. */
  readonly emailDomain?: string
  /** Companies: what was said of it before has a domain of its own. */
  readonly hasDomain?: boolean
}

/** What became of the records of a request, aligned with it. */
export interface ParsedRecords {
  /** Null for a record that was rejected. */
  readonly writes: readonly (RecordWrite | null)[]
  readonly rejected: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/** What one CSV-like row says. */
export interface ParsedRow {
  readonly company: RecordWrite | null
  readonly contact: RecordWrite | null
  /** Not empty: the row is rejected as a whole, and makes neither record. */
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/** The present state of a record, as engines take it: dates in milliseconds. Null: it is gone. */
export interface IndexChange {
  readonly service: Service
  readonly uuid: string
  readonly record: { readonly uuid: string; readonly [field: string]: Value | null } | null
}
