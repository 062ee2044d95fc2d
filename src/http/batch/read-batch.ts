/**
 * From the body of a batch to its parsed records. A small body is read in the thread that handles requests, a large one in another
 * (batch-reader.ts), with the same result.
 */
import { setImmediate } from 'node:timers/promises'
import { ConnectraError, type Problem } from '../../errors.ts'
import type { Service } from '../../fields.ts'
import { failure, isEmpty, readObject, show } from '../../json/read.ts'
import { watchNames } from '../../records/parse/name-watch.ts'
import { openRecordParser, type ParsedRecord } from '../../records/parse/parse-record.ts'
import { parseRow } from '../../records/parse/parse-row.ts'
import { rowKeys } from '../../records/parse/row-keys.ts'
import type { ParsedRow, RecordWrite } from '../../records/record.ts'
import { type Refusal, refusalOf } from '../../runtime/port-stream.ts'
import { RawRecord, readBatchJson } from './batch-json.ts'

/** `row`: CSV-like rows. */
export type BatchKind = Service | 'row'

export interface BatchTask<Kind extends BatchKind = BatchKind> {
  readonly kind: Kind
  readonly maxBatch: number
}

/** The records of a row, without those that it does not have. */
export type RowWrites = Pick<ParsedRow, 'company' | 'contact'>

/** What a record of a batch becomes. Of a rejected one, everything is null. */
export type WriteOf<Kind extends BatchKind> = Kind extends 'row' ? RowWrites : RecordWrite | null

/** Some records of a batch, in order. Plain data. */
export interface BatchPart<Kind extends BatchKind = BatchKind> extends Findings {
  readonly writes: readonly WriteOf<Kind>[]
  /** Unknown keys of rows that no earlier part has. */
  readonly ignored: readonly string[]
}

/** What is wrong with the records. A batch may have 20,000 problems, so they are written as JSON where the batch is read. */
export interface Findings {
  /** The first problem; null if there is none. */
  readonly first: Problem | null
  /** How many records are rejected. */
  readonly bad: number
  /** The members of a JSON list, with a comma after each. */
  readonly problems: string
  readonly warnings: string
}

/**
 * Why the batch is refused, whatever its other records are. It is reported by the handler, because errors in the query string are
 * reported first.
 */
export interface BatchFlaw {
  readonly flaw: Refusal
}

/** Keys per record of a batch, on average. */
const RECORD_KEYS = 200

/** Throws ERR_INVALID_JSON and ERR_PAYLOAD_TOO_LARGE if the JSON cannot be read. */
export async function* readBatch(body: Buffer, task: BatchTask): AsyncGenerator<BatchPart | BatchFlaw> {
  const { kind, maxBatch } = task
  const json = await readBatchJson(body, { maxKeys: maxBatch * RECORD_KEYS, maxBatch })
  try {
    yield* readRecords(kind, listRecords(json, task))
  } catch (error) {
    if (!(error instanceof ConnectraError)) throw error
    yield { flaw: refusalOf(error) }
  }
}

function listRecords(json: unknown, { kind, maxBatch }: BatchTask): readonly unknown[] {
  if (kind === 'row') return checkBatch(readObject(json, '', ['data']).get('data'), 'data', maxBatch)
  const list = unwrapBatch(json, [kind === 'company' ? 'companies' : 'contacts', 'data'])
  return checkBatch(list, '', maxBatch)
}

/** Returns the list of a batch that some clients wrap in an object with one of these keys, and anything else unchanged. */
function unwrapBatch(json: unknown, keys: readonly string[]): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json
  const [key, ...others] = Object.keys(json)
  return key !== undefined && others.length === 0 && keys.includes(key) ? (json as Record<string, unknown>)[key] : json
}

/** Returns the records of a request; `path` is their path in the body. */
function checkBatch(json: unknown, path: string, max: number): readonly unknown[] {
  if (isEmpty(json)) throw failure('ERR_EMPTY_PAYLOAD', path, 'has no records: send a list with at least one')
  if (!Array.isArray(json)) throw failure('ERR_INVALID_VALUE', path, `must be a list of records, not ${show(json)}`)
  if (json.length > max)
    throw failure(
      'ERR_BATCH_TOO_LARGE',
      path,
      `has ${json.length} records, but a batch has at most ${max}: split it, or upload a file`,
    )
  return json
}

type Parsed = ParsedRecord | ParsedRow

/** Reads the records of one kind. */
interface RecordReader extends Omit<PortionReader<Parsed>, 'sizeOf'> {
  /** Returns the unknown keys that are new since the last call. */
  takeIgnored(): string[]
}

async function* readRecords(kind: BatchKind, records: readonly unknown[]): AsyncGenerator<BatchPart> {
  const reader = kind === 'row' ? openRowReader() : openRecordReader(kind)
  for await (const parsed of readInPortions(records, { ...reader, sizeOf }))
    yield { writes: parsed.map(writeOf), ...findingsOf(parsed), ignored: reader.takeIgnored() }
}

function writeOf(parsed: Parsed): WriteOf<BatchKind> {
  return 'write' in parsed ? parsed.write : { company: parsed.company, contact: parsed.contact }
}

function findingsOf(parsed: readonly Parsed[]): Findings {
  let bad = 0
  let first: Problem | null = null
  let [problems, warnings] = ['', '']
  for (const record of parsed) {
    if (record.problems.length > 0) bad++
    first ??= record.problems[0] ?? null
    for (const problem of record.problems) problems += `${JSON.stringify(problem)},`
    for (const warning of record.warnings) warnings += `${JSON.stringify(warning)},`
  }
  return { first, bad, problems, warnings }
}

function openRecordReader(service: Service): RecordReader {
  return {
    read: openRecordParser(service),
    refuse: problem => ({ write: null, problems: [problem], warnings: [] }),
    takeIgnored: () => [],
  }
}

function openRowReader(): RecordReader {
  const ignored = new Set<string>()
  let fresh: string[] = []
  const names = watchNames()
  return {
    read(row, index) {
      if (typeof row !== 'object' || row === null || Array.isArray(row))
        return refuseRow({ index, field: null, code: 'ERR_INVALID_VALUE', message: 'a row must be an object' })
      for (const key of Object.keys(row)) {
        if (rowKeys().has(key) || ignored.has(key)) continue
        ignored.add(key)
        fresh.push(key)
      }
      return parseRow(row as Readonly<Record<string, unknown>>, index, { names })
    },
    refuse: refuseRow,
    takeIgnored() {
      const taken = fresh
      fresh = []
      return taken
    },
  }
}

function refuseRow(problem: Problem): ParsedRow {
  return { company: null, contact: null, problems: [problem], warnings: [] }
}

/** Milliseconds of parsing after which other requests get a turn. */
const TURN_MS = 5
/** The size of a portion, in bytes of its copy for another thread, roughly. Receiving one takes less than 1 ms. */
const PORTION = 64 << 10

interface PortionReader<T> {
  read(record: unknown, index: number): T
  /** The result for a record that is rejected for this problem. */
  refuse(problem: Problem): T
  sizeOf(result: T): number
}

/** Parses the records one by one, and lets other requests run in between. */
export async function* readInPortions<T>(
  records: readonly unknown[],
  { read, refuse, sizeOf }: PortionReader<T>,
): AsyncGenerator<T[]> {
  let portion: T[] = []
  let size = 0
  // Zero also yields before the first record, because scanning the JSON has already taken time.
  let since = 0
  for (const [index, record] of records.entries()) {
    if (performance.now() - since > TURN_MS) {
      await setImmediate()
      since = performance.now()
    }
    const result = readOne(record, index)
    portion.push(result)
    size += sizeOf(result)
    if (size < PORTION) continue
    yield portion
    portion = []
    size = 0
  }
  if (portion.length > 0) yield portion

  function readOne(record: unknown, index: number): T {
    if (!(record instanceof RawRecord)) return read(record, index)
    const { flaw } = record
    if (flaw === null) return read(record.parse(index), index)
    return refuse({ index, field: null, code: 'ERR_VALUE_TOO_LONG', message: flaw })
  }
}

/** Bytes of a record or problem, in addition to its texts. */
const OVERHEAD = 100
/** Bytes of a value in addition to its text. */
const VALUE_OVERHEAD = 16

function sizeOf(parsed: Parsed): number {
  let size = OVERHEAD
  for (const { message } of parsed.problems) size += OVERHEAD + message.length
  for (const { message } of parsed.warnings) size += OVERHEAD + message.length
  if ('write' in parsed) return size + sizeOfWrite(parsed.write)
  return size + sizeOfWrite(parsed.company) + sizeOfWrite(parsed.contact)
}

function sizeOfWrite(write: RecordWrite | null): number {
  if (write === null) return 0
  let size = OVERHEAD
  for (const value of Object.values(write.values)) {
    size += VALUE_OVERHEAD
    if (typeof value === 'string') size += value.length
    else if (Array.isArray(value)) for (const item of value) size += VALUE_OVERHEAD + item.length
  }
  return size
}
