/** Collects the problems and warnings found while a record or row is read. */
import type { ErrorCode, Problem } from '../../errors.ts'
import { cleanUuid, type Flaw } from '../values/clean.ts'
import type { NameWatch } from './name-watch.ts'

export interface Reading {
  /** The position of the record in the request, counted from 0. */
  readonly index: number
  /** If not empty, the record is rejected. */
  readonly problems: Problem[]
  readonly warnings: Problem[]
  /** The names of the records read before it. */
  readonly names: NameWatch | undefined
}

/** The most problems, and the most warnings, that are reported for one record. */
const MAX_REPORTED = 20

export function beginReading(index: number, names?: NameWatch): Reading {
  return { index, problems: [], warnings: [], names }
}

export function addProblem(reading: Reading, field: string | null, code: ErrorCode, message: string): void {
  if (reading.problems.length < MAX_REPORTED) reading.problems.push({ index: reading.index, field, code, message })
}

export function addWarning(reading: Reading, field: string | null, code: ErrorCode, message: string): void {
  if (reading.warnings.length < MAX_REPORTED) reading.warnings.push({ index: reading.index, field, code, message })
}

export function addFlaw(reading: Reading, field: string, { flaw, code, message }: Flaw): void {
  if (flaw === 'problem') addProblem(reading, field, code, message)
  else addWarning(reading, field, code, message)
}

/** Returns the UUID sent with a record, or null if there is none. A malformed one is a problem. */
export function readUuid(reading: Reading, raw: unknown): string | null {
  if (raw === undefined || raw === null || raw === '') return null
  const uuid = cleanUuid(raw)
  if (uuid === null) addProblem(reading, 'uuid', 'ERR_INVALID_UUID', 'uuid must be 8-4-4-4-12 hex digits')
  return uuid
}
