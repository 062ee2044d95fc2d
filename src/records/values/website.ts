/** Repairs the addresses of websites. */
import { registrableDomain } from './domain.ts'
import { trimEnds } from './trim-ends.ts'

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

/** In characters. A longer text is left as it is. */
const LONGEST = 500
/** Shorter words say nothing: `or`, `www`. */
const SHORTEST_REPORTED = 4

function readOnce(text: string): Websites | null {
  if (text.length > LONGEST || !SUSPECT.test(text)) return null
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
/** Between two addresses within a word. */
const BEFORE_URL = /[;,|](?=https?:|www\.)|(?<=[^/=&?:%])(?=https?:\/\/)/iu
const SEPARATOR = /[;,|]/u
const HOST = /^(?:https?:\/\/)?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+\/?$/iu

function wordsOf(text: string): readonly string[] {
  const words = text
    .replace(LINK, ' $1 ')
    // `https:\\acme.example`
    .replace(/^(h+t+ps?:?)\\+/iu, '$1//')
    // `https:// acme.example`
    .replace(/(https?:\/*)\s+/giu, '$1')
    .split(/\s+/)
  return words
    .flatMap(word => (REPEATED_SCHEME.test(word) ? [word] : word.split(BEFORE_URL).flatMap(splitHosts)))
    .filter(word => word !== '')
}

/** `a.example;b.example`, but not the path `/a,b`. */
function splitHosts(word: string): readonly string[] {
  const parts = word.split(SEPARATOR)
  return parts.length > 1 && parts.every(part => part === '' || HOST.test(part)) ? parts : [word]
}

const REPEATED_SCHEME = /^(?:https?:?\/*){2,}/iu
const OPENING = ` ;,|<>()[]{}"'\`“”‘’=`
const CLOSING = ` ;,|<>"'\`“”‘’.`
const CLOSING_OR_BRACKET = `${CLOSING})]}`
const BRACKET = /[)\]}]$/
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
    let url = trimEnds(before, OPENING, CLOSING)
    if (BRACKET.test(url) && !/[([{]/.test(url)) url = trimEnds(url, '', CLOSING_OR_BRACKET)
    if (url === before) return url
    before = url
  }
}

/** A dot within it, because a word such as `Inc.` is not an address. */
function isReadable(word: string): boolean {
  return /[\p{L}\p{N}]\.[\p{L}\p{N}]/u.test(word) && !word.includes('@') && registrableDomain(word) !== null
}
