/**
 * Parses large JSON bodies without holding up other requests: a body of 32 MB takes 0.3 s at once. The list of records in it
 * is parsed in portions. JSON that is too expensive for that is rejected before it is parsed: a million keys take 1.6 s, five
 * million brackets 330 MB.
 */
import { setImmediate } from 'node:timers/promises'
import { ConnectraError } from '../errors.ts'

export interface JsonLimits {
  /** Keys of the whole body. Also the limit for its lists and objects, and for its records. */
  readonly keys: number
  /** Bytes and keys of one record. */
  readonly recordBytes: number
  readonly recordKeys: number
}

/** Levels of nesting, far more than any endpoint reads. */
const MAX_LEVELS = 10_000
/** Bytes that are scanned before other requests get a turn: about 2 ms. */
const SCANNED = 1 << 20
/** Bytes of records that are parsed before other requests get a turn: about a millisecond. */
const PORTION = 1 << 16

/** Parses UTF-8. Returns undefined for an empty body. A byte order mark is skipped. `portion`: bytes of records to parse at once. */
export async function parseJson(body: Buffer, limits: JsonLimits, portion = PORTION): Promise<unknown> {
  const list = await findList(body, limits, portion)
  const listBytes = list === null ? 0 : list.ends.at(-1)! - list.open
  if (body.length - listBytes > limits.recordBytes)
    throw tooLarge(`the body has more than ${limits.recordBytes >> 20} MB that are not in its list of records`)
  if (list === null || list.ends.length === 1) return parse(body)
  const records: unknown[] = []
  let from = list.open + 1
  for (const end of list.ends) {
    await setImmediate()
    for (const record of await parseRecords(body.subarray(from, end), records.length, limits)) records.push(record)
    from = end + 1
  }
  // What is around the list, with `content` in place of the records.
  const parseAround = (content: string) =>
    parse(Buffer.concat([body.subarray(0, list.open + 1), Buffer.from(content), body.subarray(from - 1)]), list.open)
  const around = parseAround('')
  if (list.key === null) return records
  const key = parse(body.subarray(list.key.from, list.key.to)) as string
  // If the key occurs twice, its last value counts, which may be another list.
  const isList = [around, parseAround('1')].every((parsed, length) => isListOf(length, parsed as object, key))
  if (!isList) return around
  return Object.defineProperty(around, key, { value: records, enumerable: true, writable: true, configurable: true })
}

function isListOf(length: number, parsed: object, key: string): boolean {
  const value = Object.hasOwn(parsed, key) ? (parsed as Record<string, unknown>)[key] : null
  return Array.isArray(value) && value.length === length
}

/** The records in a part of the list; `before` of them precede it. */
async function parseRecords(part: Buffer, before: number, limits: JsonLimits): Promise<readonly unknown[]> {
  const wrapped = Buffer.concat([OPEN, part, CLOSE])
  const parsed = tryParse(wrapped)
  // A part without records is nothing between two commas.
  if ('value' in parsed && (parsed.value as unknown[]).length > 0) return parsed.value as unknown[]
  // Again one by one, for the message.
  let from = OPEN.length
  for (const [place, end] of ((await findList(wrapped, limits, 1))?.ends ?? []).entries()) {
    const record = wrapped.subarray(from, end)
    const one = tryParse(record)
    const where = `record ${before + place}`
    if ('reason' in one) throw invalid(`${where}: ${one.reason}`)
    if (one.value === undefined) throw invalid(`${where} is missing: there is nothing between two commas`)
    from = end + 1
  }
  throw invalid(`${'reason' in parsed ? parsed.reason : 'a record is missing'} after record ${before}`)
}

/** The end of a message of V8. */
const POSITION = / in JSON at position (\d+) \(line \d+ column \d+\)$/

const OPEN = Buffer.from('[')
const CLOSE = Buffer.from(']')

/** The list of records: the body itself, or the first list that is a value of it. */
interface List {
  /** The offset of its bracket. */
  readonly open: number
  /** Offsets of commas between records, such that there are at least `portion` bytes in between, and of the closing bracket. */
  readonly ends: readonly number[]
  /** The offsets of its key. Null if the list is the body. */
  readonly key: { readonly from: number; readonly to: number } | null
}

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c]
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * Finds the list by brackets and quotes alone. If the body is not valid JSON, neither is one of the portions that result. Throws
 * ERR_INVALID_JSON and ERR_PAYLOAD_TOO_LARGE if the body is beyond the limits.
 */
async function findList(body: Buffer, limits: JsonLimits, portion: number): Promise<List | null> {
  let levels = 0
  let keys = 0
  let inString = false
  let stringFrom = 0
  let key: List['key'] = null
  let open = -1
  let listLevel = 0
  let closed = false
  const ends: number[] = []
  let records = 0
  let recordFrom = 0
  let keysBefore = 0
  let brackets = 0
  let pauseAt = SCANNED

  const endRecord = (place: number) => {
    if (place - recordFrom > limits.recordBytes) throw recordTooLarge(records, `${limits.recordBytes >> 20} MB`)
    if (keys - keysBefore > limits.recordKeys)
      throw recordTooLarge(records, `${limits.recordKeys.toLocaleString('en')} keys`)
    checkCount(++records, limits.keys, 'records')
    recordFrom = place + 1
    keysBefore = keys
  }

  for (let place = 0; place < body.length; place++) {
    if (place >= pauseAt) {
      await setImmediate()
      pauseAt = place + SCANNED
    }
    const byte = body[place]
    if (inString) {
      if (byte === BACKSLASH) place++
      else if (byte === QUOTE) {
        inString = false
        if (open < 0 && levels === 1) key = { from: stringFrom, to: place + 1 }
      }
    } else if (byte === QUOTE) {
      inString = true
      stringFrom = place
    } else if (byte === COLON) {
      checkCount(++keys, limits.keys, 'keys')
    } else if (byte === COMMA) {
      if (levels !== listLevel || open < 0 || closed) continue
      endRecord(place)
      if (place - (ends.at(-1) ?? open) >= portion) ends.push(place)
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      checkCount(++brackets, limits.keys, 'lists and objects')
      if (++levels > MAX_LEVELS)
        throw new ConnectraError(
          'ERR_INVALID_JSON',
          `the body is nested more than ${MAX_LEVELS.toLocaleString('en')} levels deep`,
        )
      if (open < 0 && byte === OPEN_LIST && levels <= 2) {
        open = place
        listLevel = levels
        recordFrom = place + 1
        keysBefore = keys
        if (levels === 1) key = null
      }
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      if (open >= 0 && !closed && levels === listLevel) {
        endRecord(place)
        ends.push(place)
        closed = true
      }
      levels--
    }
  }
  if (open >= 0 && !closed && body.length > limits.recordBytes)
    throw invalid('its list of records does not end: the body may be incomplete, or a quotation mark missing')
  return closed ? { open, ends, key } : null
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The value, undefined for white space, or the reason why it is not JSON. */
function tryParse(json: Uint8Array): { readonly value: unknown } | { readonly reason: string } {
  try {
    const text = decoder.decode(json)
    return { value: text.trim() === '' ? undefined : JSON.parse(text) }
  } catch (error) {
    return { reason: error instanceof SyntaxError ? error.message : 'it is not UTF-8' }
  }
}

/** `open`: where a list was taken out. V8 counts without it, so its position would be misleading. */
function parse(json: Uint8Array, open?: number): unknown {
  const parsed = tryParse(json)
  if ('value' in parsed) return parsed.value
  const { reason } = parsed
  if (open === undefined) throw invalid(reason)
  throw invalid(
    reason.replace(POSITION, (_, place) => (Number(place) <= open ? ' before the list' : ' after the list')),
  )
}

function invalid(reason: string): ConnectraError {
  return new ConnectraError('ERR_INVALID_JSON', `the body is not valid JSON: ${reason}`)
}

function tooLarge(message: string): ConnectraError {
  return new ConnectraError('ERR_PAYLOAD_TOO_LARGE', message)
}

function recordTooLarge(index: number, bound: string): ConnectraError {
  return tooLarge(`record ${index} has more than ${bound}: no valid record is as large`)
}

function checkCount(count: number, limit: number, what: string): void {
  if (count > limit)
    throw tooLarge(`the body has more than ${limit.toLocaleString('en')} ${what}: send fewer records or conditions`)
}
