/** Detects the encoding of text that is not UTF-8, from the beginning of a file. */
import { findMultiByte, MANY } from './multi-byte.ts'
import { rateSingleByte } from './single-byte.ts'

/** Either the encoding, or those that the text does not tell apart; none if no known encoding fits. */
export type Detected = { readonly encoding: string } | { readonly candidates: readonly string[] }

const WINDOWS_1252 = { encoding: 'windows-1252' } as const satisfies Detected

/** Logarithms of ratios of probabilities. */
const BETTER_THAN_1252 = 6
const AS_GOOD_AS_1252 = 2.5
const BETTER_THAN_OTHERS = 3
/** No text in a known language is rated lower. */
const PLAUSIBLE = -5.5
/** A text of several bytes with this rating is in no encoding that is rated. */
const NONSENSE = { average: -8, bytes: 6 }

/** `bytes`: lines that are not valid UTF-8. Windows-1252 unless another encoding explains them much better. */
export function detectEncoding(bytes: Uint8Array): Detected {
  const high = bytes.reduce((count, byte) => count + (byte > 127 ? 1 : 0), 0)
  if (high === 0) return WINDOWS_1252
  const multiByte = findMultiByte(bytes)
  if (multiByte?.certain && multiByte.characters >= MANY) return { encoding: multiByte.certain }
  const ratings = rateSingleByte(bytes)
  const best = ratings[0]!
  const common = ratings.find(({ encoding }) => encoding === WINDOWS_1252.encoding)!
  const isLatin = best.used === common.used && best.average >= PLAUSIBLE
  if (multiByte !== null && common.average < PLAUSIBLE && !isLatin) {
    // All capitals in Russian look like a few frequent Chinese characters.
    if (best.average > PLAUSIBLE) return { candidates: [...multiByte.possible, best.encoding] }
    return multiByte.certain === null ? { candidates: multiByte.possible } : { encoding: multiByte.certain }
  }
  if (best.average < PLAUSIBLE) {
    const isNonsense = common.average < NONSENSE.average && high >= NONSENSE.bytes
    return isNonsense ? { candidates: [] } : WINDOWS_1252
  }
  const ahead = best.rate - common.rate
  if (best.used === common.used || ahead < AS_GOOD_AS_1252) return WINDOWS_1252
  const rival = ratings.find(({ used }) => used !== best.used)!
  if (ahead >= BETTER_THAN_1252 && best.rate - rival.rate >= BETTER_THAN_OTHERS) return { encoding: best.encoding }
  return { candidates: [best.encoding, rival.encoding] }
}
