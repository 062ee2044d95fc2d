/**
 * Reads the JSON of a batch without parsing its records. 32 MB of JSON can hold the thread for seconds, so the records are parsed
 * one by one later (read-batch.ts).
 */
import { ConnectraError } from '../../errors.ts'
import { decodeJson, parseJson } from '../../json/parse.ts'
import { CLOSE_LIST, CLOSE_OBJECT, checkJsonShape, OPEN_LIST, OPEN_OBJECT } from '../json-shape.ts'

/**
 * The limits of one record, far above those of its values together. Parsing takes up to 0.1 ms for 1,000 values and 4 ms for 1 MB.
 */
const MAX_RECORD_BYTES = 2 << 20
const MAX_RECORD_VALUES = 20_000
/** The limit for everything that is not in a record. Bytes. */
const MAX_REST_BYTES = 64 << 10

/** A comma, and the spaces around the number of a record. */
const SEPARATORS = 3

/** A record that has not been parsed. */
export class RawRecord {
  readonly #text: Buffer
  readonly #values: number

  constructor(text: Buffer, values: number) {
    this.#text = text
    this.#values = values
  }

  /** Why the record is too large to be parsed; null if it is not. */
  get flaw(): string | null {
    if (this.#text.length > MAX_RECORD_BYTES)
      return `the record has ${this.#text.length} bytes, more than the limit of ${MAX_RECORD_BYTES}: shorten it`
    if (this.#values > MAX_RECORD_VALUES)
      return `the record has more than ${MAX_RECORD_VALUES.toLocaleString('en')} values: shorten its lists`
    return null
  }

  /** Throws ERR_INVALID_JSON. `index` is the position of the record in the batch. */
  parse(index: number): unknown {
    return parseJson(decodeJson(this.#text), `record ${index}: `)
  }
}

interface Span {
  readonly start: number
  readonly end: number
  /** Commas and brackets: at least the number of values in it, minus one. */
  readonly values: number
}

/** A list of records: the outermost list, or a list that is a member of the outermost object. */
interface Batch {
  /** At most `maxBatch`. */
  readonly records: Span[]
  /** Where its records end. */
  end: number
  count: number
}

/**
 * Returns the value of the body, with a RawRecord instead of each record. Of a batch with more than `maxBatch` records, only the
 * length is right. An empty body is undefined. Throws ERR_INVALID_JSON and ERR_PAYLOAD_TOO_LARGE.
 */
export async function readBatchJson(body: Buffer, limits: { maxKeys: number; maxBatch: number }): Promise<unknown> {
  const batches = await findBatches(body, limits)
  const spans = batches.flatMap(batch => batch.records)
  const rest = withoutRecords(body, batches)
  if (rest.length > MAX_REST_BYTES + spans.length * (String(spans.length).length + SEPARATORS))
    throw new ConnectraError(
      'ERR_PAYLOAD_TOO_LARGE',
      `the body has more than ${MAX_REST_BYTES} bytes outside of its records: send a list of records`,
    )
  const text = decodeJson(rest, { skipMark: true })
  const json = text.trim() === '' ? undefined : parseJson(text)
  const fill = (value: unknown): unknown => (Array.isArray(value) ? fillBatch(value, body, batches, spans) : value)
  if (Array.isArray(json) || typeof json !== 'object' || json === null) return fill(json)
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, fill(value)]))
}

/** In the list, each record is its number in `spans`. */
function fillBatch(
  list: readonly number[],
  body: Buffer,
  batches: readonly Batch[],
  spans: readonly Span[],
): unknown[] {
  const filled: unknown[] = list.map(number => {
    const { start, end, values } = spans[number]!
    return new RawRecord(body.subarray(start, end), values)
  })
  const batch = batches.find(({ records }) => records.length > 0 && records[0] === spans[list[0]!])
  if (batch !== undefined) filled.length = batch.count
  return filled
}

async function findBatches(body: Buffer, { maxKeys, maxBatch }: { maxKeys: number; maxBatch: number }) {
  const batches: Batch[] = []
  let outermost = 0
  let batch: Batch | null = null
  let level = 0
  let start = 0
  let values = 0
  const endRecord = (end: number) => {
    if (batch === null || isBlank(body, start, end)) return
    if (++batch.count <= maxBatch) {
      batch.records.push({ start, end, values })
      batch.end = end
    }
  }
  await checkJsonShape(body, maxKeys, (byte, place, at) => {
    if (batch === null) {
      if (at === 1 && (byte === OPEN_LIST || byte === OPEN_OBJECT)) outermost = byte
      if (byte !== OPEN_LIST || (at !== 1 && !(at === 2 && outermost === OPEN_OBJECT))) return
      batch = { records: [], end: place + 1, count: 0 }
      batches.push(batch)
      level = at
    } else if (at > level) {
      values++
      return
    } else {
      endRecord(place)
      if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        if (batch.count > maxBatch) batch.end = place
        batch = null
      }
    }
    start = place + 1
    values = 0
  })
  return batches
}

/** The body with a number instead of each record. Records beyond `maxBatch` are left out. */
function withoutRecords(body: Buffer, batches: readonly Batch[]): Buffer {
  const parts: Buffer[] = []
  let done = 0
  let number = 0
  for (const { records, end } of batches) {
    for (const span of records) {
      // A space, because `1` and a number that follows by mistake would otherwise be one number.
      parts.push(body.subarray(done, span.start), Buffer.from(` ${number++} `))
      done = span.end
    }
    if (records.length > 0) done = end
  }
  return Buffer.concat([...parts, body.subarray(done)])
}

/** Control characters count as white space, because the parser will reject them in either case. */
function isBlank(body: Buffer, start: number, end: number): boolean {
  for (let place = start; place < end; place++) if (body[place]! > 0x20) return false
  return true
}
