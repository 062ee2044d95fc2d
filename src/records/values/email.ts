/** Finds the addresses in what people write into an e-mail cell. */
import { trimEnds } from './trim-ends.ts'

/** A local part without separators, brackets and quotes, `@`, and a domain with a dot. */
const ADDRESS =
  /^[^\s@<>()[\]{}"“”„«»,;:|＠]+@(?:[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_-]*[\p{L}\p{N}\p{M}_])?\.)+(?=[\p{L}\p{M}\p{N}-]*\p{L})[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?$/u
/** Most addresses, found in a third of the time. A subset of the above. */
const PLAIN_ADDRESS = /^[a-z0-9][a-z0-9._+-]*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]+$/
/** An apostrophe may be part of a name (o'neil@), but not its beginning. A slash belongs to the scheme of a URL. */
const BEGINS = /^['‘’`*=/\\]/

export interface Emails {
  readonly email: string
  /** Other addresses, and parts that are not addresses. */
  readonly unread: readonly string[]
}

/** Whether the text, in lower case, is an address and nothing else. */
export function isAddress(text: string): boolean {
  return PLAIN_ADDRESS.test(text) || (ADDRESS.test(text) && !BEGINS.test(text))
}

/** In characters. An address has up to 254. */
const LONGEST = 1000

/** The addresses in a cleaned text in lower case; null if it has none. */
export function readEmails(text: string): Emails | null {
  if (text.length > LONGEST) return null
  // NFKC makes the fullwidth ＠ plain.
  const plain = text.normalize('NFKC').toLowerCase().normalize('NFC').replace(OBFUSCATED, '@')
  const found: string[] = []
  const unread: string[] = []
  for (const part of partsOf(plain)) {
    const addresses = addressesIn(part)
    if (addresses.length > 0) found.push(...addresses)
    else if (/[\p{L}\p{N}]/u.test(part)) unread.push(part)
  }
  const [email, ...others] = new Set(found)
  return email === undefined ? null : { email, unread: [...others, ...unread] }
}

/** `ada [at] x.example` */
const OBFUSCATED = /\s*(?:\[at\]|\(at\)|<at>|\{at\})\s*/g
/** A slash counts before another address only. */
const BETWEEN = /[;,|]|:::|\s(?:or|oder|ou|and|und|et|y|e|o)\s|\s\/\s|(?<=\.\p{L}+)\/(?=[^\s/@]+@)/u
/** `Name <ada@x.example>`, and a link `[text](mailto:…)`. */
const IN_BRACKETS = /[<([{]([^<>()[\]{}]*)[>)\]}]/g

/** The contents of brackets with addresses, if there are any. Otherwise the text between separators. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = []
  const rest = text.replace(IN_BRACKETS, (whole, inside: string) => {
    if (!inside.includes('@')) return whole
    parts.push(inside)
    return ';'
  })
  if (parts.length === 0) return text.split(BETWEEN)
  // Without its `@`, the text around is the name of the person.
  return [...parts, ...rest.split(BETWEEN).filter(part => part.includes('@'))].flatMap(part => part.split(BETWEEN))
}

/** All words have to be addresses: `john doe@x.example` may have lost a dot. */
function addressesIn(part: string): readonly string[] {
  const words = part
    .replace(/\([^()@]*\)/g, ' ')
    .replace(LABEL, '')
    .split(/\s+/)
    .map(withoutWrapping)
    .filter(word => /[@\p{L}\p{N}]/u.test(word))
  return words.every(isAddress) ? words : []
}

const LABEL = /^\s*(?:e-?mail|mail|email address|work|home|business|private|personal)\s*:\s*/
const SCHEME = /^(?:mailto|smtp|sip|x500|https?|e-?mail):(?:\/\/)?/
const OPENING = ` "'\`´‘’“”„«»<>()[]{}*=#.:`
const CLOSING = ` "'\`´‘’“”„«»<>()[]{}*.:!/\\`

function withoutWrapping(word: string): string {
  for (let before = word; ; ) {
    const next = withoutParameters(trimEnds(before, OPENING, CLOSING).replace(SCHEME, ''))
    if (next === before) return next
    before = next
  }
}

/** Cuts the parameters of `mailto:`, and what a database adds to a link (`ada@x.example#mailto:ada@x.example#`). */
function withoutParameters(word: string): string {
  const at = word.indexOf('@')
  const length = at < 0 ? -1 : word.slice(at).search(/[?#/]/)
  return length < 0 ? word : word.slice(0, at + length)
}
