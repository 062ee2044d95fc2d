/** Digits and signs of other scripts, as people and spreadsheets write them, in ASCII. */

const NOT_ASCII = /[^\0-\x7f]/
const OTHER_DIGITS = /[٠-٩۰-۹०-९০-৯０-９]/g
/** The zeros of these scripts: Arabic, Persian, Devanagari, Bengali, fullwidth. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xff10]
const FULLWIDTH = /[\uff01-\uff5e]/g
const FULLWIDTH_TO_ASCII = 0xfee0

/** Replaces only digits. */
export function asciiDigits(text: string): string {
  if (!NOT_ASCII.test(text)) return text
  return text.replace(OTHER_DIGITS, digit => {
    const code = digit.charCodeAt(0)
    return String(code - ZEROS.findLast(zero => zero <= code)!)
  })
}

/** Replaces digits, and fullwidth letters and signs: `（０３）` becomes `(03)`. */
export function asciiNumber(text: string): string {
  if (!NOT_ASCII.test(text)) return text
  return asciiDigits(text).replace(FULLWIDTH, sign => String.fromCharCode(sign.charCodeAt(0) - FULLWIDTH_TO_ASCII))
}
