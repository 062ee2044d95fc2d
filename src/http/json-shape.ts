/** Rejects JSON that is too expensive to parse, before it is parsed: a million keys take 1.6 s, a million empty objects 0.4 s. */
import { setImmediate } from 'node:timers/promises'
import { ConnectraError } from '../errors.ts'

/** Levels of nesting, far more than any endpoint reads. */
const MAX_LEVELS = 10_000
/** Bytes that are scanned before other requests get a turn: up to 5 ms. */
const PORTION = 1 << 18

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c]
export const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * A comma or bracket outside of strings. `level` is that of the list or object which the bracket opens or closes, or in which the
 * comma is; the outermost has level 1.
 */
export type OnToken = (byte: number, place: number, level: number) => void

/**
 * Scans the whole text. Throws ERR_INVALID_JSON if it is nested too deeply, and ERR_PAYLOAD_TOO_LARGE if it has more than
 * `maxKeys` keys, or more lists and objects than that.
 */
export async function checkJsonShape(text: Buffer, maxKeys: number, onToken: OnToken = () => {}): Promise<void> {
  let levels = 0
  let keys = 0
  let brackets = 0
  let inString = false
  let pauseAt = PORTION
  for (let place = 0; place < text.length; place++) {
    if (place >= pauseAt) {
      await setImmediate()
      pauseAt = place + PORTION
    }
    const byte = text[place]!
    if (inString) {
      if (byte === BACKSLASH) place++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (byte === COLON) {
      if (++keys > maxKeys) throw tooMany(maxKeys, 'keys')
    } else if (byte === COMMA) onToken(byte, place, levels)
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (++levels > MAX_LEVELS)
        throw new ConnectraError(
          'ERR_INVALID_JSON',
          `the body is nested more than ${MAX_LEVELS.toLocaleString('en')} levels deep`,
        )
      if (++brackets > maxKeys) throw tooMany(maxKeys, 'lists and objects')
      onToken(byte, place, levels)
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) onToken(byte, place, levels--)
  }
}

function tooMany(max: number, what: string): ConnectraError {
  return new ConnectraError(
    'ERR_PAYLOAD_TOO_LARGE',
    `the body has more than ${max.toLocaleString('en')} ${what}: send fewer records or conditions`,
  )
}
