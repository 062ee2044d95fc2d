/** The types that the parts of this folder pass to each other. */
import type { Problem } from '../errors.ts'
import type { Service } from '../fields.ts'

/** A cleaned value. Text, keyword and uuid: a string; integer: a number; list: a non-empty array of strings. */
export type Value = string | number | readonly string[]

/** Cleaned values by field name. Absent or undefined keeps the stored value, null clears it. */
export type Values = Readonly<Record<string, Value | null | undefined>>

/** One record to be created or updated. */
export interface RecordWrite {
  readonly uuid: string
  readonly values: Values
  /**
   * Fields whose values replace the stored ones even if they differ in case alone, because an earlier write of the batch had
   * another value or cleared the field.
   */
  readonly replaces?: readonly string[]
  /** Companies only: the domain of a person's e-mail, which fills `normalized_domain` if nothing else does. */
  readonly emailDomain?: string
  /** Companies only: an earlier row of the file already gave the company a domain. */
  readonly hasDomain?: boolean
}

/** The parsed records of a request. */
export interface ParsedRecords {
  /** In the order of the request. Null for a record that was rejected. */
  readonly writes: readonly (RecordWrite | null)[]
  readonly rejected: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/** The records that one CSV-like row describes. */
export interface ParsedRow {
  readonly company: RecordWrite | null
  readonly contact: RecordWrite | null
  /** If not empty, the whole row is rejected and both records are null. */
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/** The current state of a record, as passed to engines: dates in milliseconds. `record` is null if it was deleted. */
export interface IndexChange {
  readonly service: Service
  readonly uuid: string
  readonly record: { readonly uuid: string; readonly [field: string]: Value | null } | null
}
