/** Repairs the addresses of websites. */
import { trimEnd } from '../../text/trim-end.ts'
import { registrableDomain } from './domain.ts'

export interface Websites {
  readonly website: string
  /** The other addresses in the text. */
  readonly unread: readonly string[]
}

/** Matches what may have to be repaired: separators, brackets, quotes, a scheme without `://`, two schemes. */
const SUSPECT =
  /[\s;,|<>()[\]"'`“”]|^(?!https?:\/\/[^/])(?:h+t+ps?\b|[:/=])|:\/\/(?:.*:\/\/|h+t+ps?[:/])|[^/=&?:%]https?:\/\/|\.$/iu

/** The first address in a cleaned text, and what else is in it; null if nothing has to change. */
export function readWebsites(text: string): Websites | null {
  const first = readOnce(text)
  if (first === null) return null
  // A repaired address may have to be repaired once more.
  const again = readWebsites(first.website)
  return again === null ? first : { website: again.website, unread: [...first.unread, ...again.unread] }
}

/** Shorter words say nothing: `or`, `www`. */
const SHORTEST_REPORTED = 4

function readOnce(text: string): Websites | null {
  if (!SUSPECT.test(text)) return null
  const words = [...new Set(wordsOf(text).map(repairUrl))]
  const [website, ...others] = words.filter(isReadable)
  if (website === undefined || website === text) return null
  // A path with spaces.
  if (others.length === 0 && text.startsWith(website) && /[^/:]\/./.test(website)) return null
  const rest = words.filter(
    word => !isReadable(word) && word.replace(/[^\p{L}\p{N}]/gu, '').length >= SHORTEST_REPORTED,
  )
  return { website, unread: [...others, ...rest] }
}

const LINK = /\[[^[\]]*\]\(\s*([^()\s]+)\s*\)/g
/**
 * A separator within a word counts if both sides look like addresses: `a.example;b.example`, but not `/a,b`. The lookbehind comes
 * after the separator, because it reads the whole word before it.
 */
const GLUED =
  /[;,|](?<=^(?:https?:\/\/)?[^/?#.]*\.[^/?#]*\/?[;,|])(?=[^\s;,|]+\.[^\s;,|])|[;,|](?=https?:|www\.)|(?<=[^/=&?:%])(?=https?:\/\/)/iu

function wordsOf(text: string): readonly string[] {
  const words = text
    .replace(LINK, ' $1 ')
    // `https:// acme.example`
    .replace(/(https?:\/*)\s+/giu, '$1')
    .split(/\s+/)
  return words
    .flatMap(word => (REPEATED_SCHEME.test(word) || word.length > LONGEST_SPLIT ? [word] : word.split(GLUED)))
    .filter(word => word !== '')
}

/** In characters. Longer words are not several addresses. */
const LONGEST_SPLIT = 500
const REPEATED_SCHEME = /^(?:https?:?\/*){2,}/iu
const OPENING = /^[\s;,|<>()[\]{}"'`“”‘’=]+/u
const CLOSING = /[\s;,|<>"'`“”‘’.]/u
const BRACKET = /[)\]}]$/
const CLOSING_OR_BRACKET = /[\s;,|<>"'`“”‘’.)\]}]/u
const SCHEME = /^h+t+p(s?)[:;,.]*\/*[:;]?\/+[:;]?|^h+t+p(s?):\/*/iu

function repairUrl(word: string): string {
  const url = unwrap(word)
    .replace(REPEATED_SCHEME, scheme => (/s:?\/*$/i.test(scheme) ? 'https://' : 'http://'))
    .replace(/^:\/*/, '')
  if (/^https?:\/\/[^/]/i.test(url)) return url
  return url.replace(
    SCHEME,
    (_, s: string | undefined, t: string | undefined) => `http${(s ?? t ?? '').toLowerCase()}://`,
  )
}

/** A bracket at the end belongs to the address if it is opened there: `/wiki/Acme_(company)`. */
function unwrap(word: string): string {
  for (let before = word; ; ) {
    let url = trimEnd(before.replace(OPENING, ''), CLOSING)
    if (BRACKET.test(url) && !/[([{]/.test(url)) url = trimEnd(url, CLOSING_OR_BRACKET)
    if (url === before) return url
    before = url
  }
}

/** A dot within it, because a word such as `Inc.` is not an address. */
function isReadable(word: string): boolean {
  return /[\p{L}\p{N}]\.[\p{L}\p{N}]/u.test(word) && !word.includes('@') && registrableDomain(word) !== null
}
