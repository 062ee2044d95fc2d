/** The digits of phone numbers, by which they are compared however they are written. */
import { wordsOfFolded } from './words.ts'

/**
 * The calling codes of ITU-T E.164, those of services without a country included. None is the beginning of another one, so
 * the digits of an international number are split into code and national number in one way only.
 */
export const CALLING_CODES: readonly string[] = `
  1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92
  93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 241 242
  243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297 298 299
  350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 380 381 382 383 385 386 387 389 420 421 423 500
  501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599 670 672 673 674 675 676 677 678 679 680 681 682
  683 685 686 687 688 689 690 691 692 800 808 850 852 853 855 856 870 878 880 881 882 883 886 888 960 961 962 963 964 965 966
  967 968 970 971 972 973 974 975 976 977 979 992 993 994 995 996 998`
  .trim()
  .split(/\s+/)

/** From the first digit up to a letter or `#`, with which an extension begins. */
const NUMBER = /\d[^\p{L}#]*/u
const OTHER_DIGITS = /[٠-٩۰-۹]/g
const TRUNK = '(0)'

/** An extension at the end. */
const EXTENSION = /(?:#|\b(?:ext|extn|extension|x)|(?<=\d)x)[ .:]*\d{1,8}$/

/** Whether a folded phone has letters besides an extension, such as `1-800-flowers`: digits alone do not tell it apart. */
export function hasLetters(folded: string): boolean {
  return /\p{L}/u.test(folded.replace(EXTENSION, ''))
}

/** The digits of the number in a folded phone, without its extension. Empty if there are none. `+49 (0)30 1` is `49301`. */
export function numberDigits(folded: string): string {
  const text = folded.replace(OTHER_DIGITS, digit => String(digit.charCodeAt(0) & 0xf))
  const number = NUMBER.exec(text)?.[0]
  if (number === undefined) return ''
  return number.replace(TRUNK, '').replace(/\D+/g, '')
}

/**
 * The words of a folded phone. The last one is the digits of its number, if it has any: `+14155550100` is a word anyway, `(415)
 * 555-0100` gets `4155550100` as a fourth one.
 */
export function wordsOfPhone(folded: string): string[] {
  const words = wordsOfFolded(folded)
  const digits = numberDigits(folded)
  return digits === '' || words.at(-1) === digits ? words : [...words, digits]
}

/** Whether the phone consists of digits, with or without a `+` before them, so that its number is its only word. */
export function isPlainNumber(phone: Uint8Array, start: number, end: number): boolean {
  let place = phone[start] === 0x2b ? start + 1 : start
  if (place === end) return false
  while (place < end && phone[place] >= 0x30 && phone[place] <= 0x39) place++
  return place === end
}
