/**
 * Parses large JSON bodies without holding up other requests: a body of 32 MB takes 0.3 s at once. The list of records in it
 * is parsed in portions. JSON that is too expensive for that is rejected before it is parsed: a million keys take 1.6 s, ten
 * million empty lists or objects 600 MB.
 */
import { setImmediate } from 'node:timers/promises'
import { ConnectraError } from '../errors.ts'

export interface JsonLimits {
  /** Keys of the whole body. It may have as many lists and objects, and as many records. */
  readonly keys: number
  /** Bytes and keys of one record. What is outside of the list of records may have as many bytes. */
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
  if (body.length - lengthOf(list) > limits.recordBytes)
    throw tooExpensive(`${limits.recordBytes >> 20} MB outside of its list of records`)
  if (list === null || list.ends.length === 1) return parse(body, '')
  const records: unknown[] = []
  let from = list.open + 1
  for (const end of list.ends) {
    await setImmediate()
    const parsed = parse(Buffer.concat([OPEN, body.subarray(from, end), CLOSE]), ` after record ${records.length}`)
    // Nothing between two commas.
    if ((parsed as unknown[]).length === 0) throw invalid(`a record is missing after record ${records.length}`)
    for (const record of parsed as unknown[]) records.push(record)
    from = end + 1
  }
  // The rest of the body, with an empty list in place of the records.
  const around = parse(Buffer.concat([body.subarray(0, list.open), OPEN, body.subarray(from - 1)]), '')
  if (list.key === null) return records
  const key = parse(body.subarray(list.key.from, list.key.to), '') as string
  // If the key occurs twice, its last value counts.
  const value = (around as Record<string, unknown>)[key]
  if (!Object.hasOwn(around as object, key) || !Array.isArray(value) || value.length > 0) return around
  return Object.defineProperty(around, key, { value: records, enumerable: true, writable: true, configurable: true })
}

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

function lengthOf(list: List | null): number {
  return list === null ? 0 : list.ends.at(-1)! - list.open
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
  let brackets = 0
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
  let pauseAt = SCANNED

  const endRecord = (place: number) => {
    if (place - recordFrom > limits.recordBytes) throw tooLarge(records, `${limits.recordBytes >> 20} MB`)
    if (keys - keysBefore > limits.recordKeys) throw tooLarge(records, `${limits.recordKeys.toLocaleString('en')} keys`)
    if (++records > limits.keys) throw tooExpensive(`${limits.keys.toLocaleString('en')} records`)
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
      if (++keys > limits.keys) throw tooExpensive(`${limits.keys.toLocaleString('en')} keys`)
    } else if (byte === COMMA) {
      if (levels !== listLevel || open < 0 || closed) continue
      endRecord(place)
      if (place - (ends.at(-1) ?? open) >= portion) ends.push(place)
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (++levels > MAX_LEVELS)
        throw new ConnectraError(
          'ERR_INVALID_JSON',
          `the body is nested more than ${MAX_LEVELS.toLocaleString('en')} levels deep`,
        )
      if (++brackets > limits.keys) throw tooExpensive(`${limits.keys.toLocaleString('en')} lists and objects`)
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
  if (open >= 0 && !closed) throw invalid('it ends within a list')
  return closed ? { open, ends, key } : null
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** `where` completes the message of an error. */
function parse(json: Uint8Array, where: string): unknown {
  try {
    const text = decoder.decode(json)
    return text.trim() === '' ? undefined : JSON.parse(text)
  } catch (error) {
    throw invalid(`${error instanceof SyntaxError ? error.message : 'it is not UTF-8'}${where}`)
  }
}

function invalid(reason: string): ConnectraError {
  return new ConnectraError('ERR_INVALID_JSON', `the body is not valid JSON: ${reason}`)
}

function tooExpensive(bound: string): ConnectraError {
  return new ConnectraError(
    'ERR_PAYLOAD_TOO_LARGE',
    `the body has more than ${bound}: send fewer records or conditions`,
  )
}

function tooLarge(index: number, bound: string): ConnectraError {
  return new ConnectraError(
    'ERR_PAYLOAD_TOO_LARGE',
    `record ${index} has more than ${bound}: no valid record is this large`,
  )
}
