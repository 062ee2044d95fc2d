/** Names of people in rows and files: removes titles, suffixes and decorations, and splits full names. Pure. */
import type { Problem } from '../../errors.ts'
import { quote } from '../../text/shorten.ts'
import {
  AFTER_DOCTOR,
  CAPITAL_SUFFIXES,
  COMMA_SUFFIXES,
  DEGREES,
  DOTTED_TITLES,
  GIVEN_AFTER_PARTICLE,
  JOB_WORDS,
  LEADING_PARTICLES,
  LOWER_PARTICLES,
  PARTICLES,
  SALUTATIONS,
  SHORT_PARTICLES,
  SUFFIXES,
  TITLES,
  VIETNAMESE,
} from './tables/name-words.ts'
import { trimEnds } from './trim-ends.ts'

export interface CleanName {
  readonly name: string
  /** The parts that are not in the name: titles, suffixes, decorations. */
  readonly cut: readonly string[]
}

export interface SplitName {
  readonly first: string | null
  readonly last: string | null
  readonly cut: readonly string[]
}

/** In characters. Longer texts are not names and are left alone. */
const LONGEST = 300
const NOTHING: readonly string[] = []

/** One word of letters, the most frequent first or last name. */
const PLAIN_WORD = /^['’]?[A-Za-zÀ-ÖØ-öø-ɏ][A-Za-zÀ-ÖØ-öø-ɏ'’-]*$/
/** Two or more such words. */
const PLAIN_WORDS = /^['’]?[A-Za-zÀ-ÖØ-öø-ɏ][A-Za-zÀ-ÖØ-öø-ɏ'’-]*(?: +['’]?[A-Za-zÀ-ÖØ-öø-ɏ][A-Za-zÀ-ÖØ-öø-ɏ'’-]*)+$/

/** The warning about the parts that were cut from the value of `key`. */
export function explainCut(key: string, text: string, cut: readonly string[]): Problem {
  const message = `${key} ${quote(text)}: ${cut.map(one => quote(one)).join(', ')} ${cut.length === 1 ? 'is' : 'are'} not part of the name; left out`
  return { field: key, code: 'ERR_INVALID_VALUE', message }
}

/** In characters. Rules out most job titles. */
const LONGEST_SALUTATION = 30

/** Whether a value under `Title` is a salutation instead of a job title: `Mr`, `Frau Dr.`, `Prof. Dr. med.` */
export function isSalutation(text: string): boolean {
  if (text.length > LONGEST_SALUTATION) return false
  const trimmed = text.trim()
  // Most job titles differ in their first word already.
  const space = trimmed.search(/\s/)
  if (!isIn(SALUTATIONS, space < 0 ? trimmed : trimmed.slice(0, space))) return false
  return trimmed
    .split(/\s+/)
    .every((word, at) => isIn(SALUTATIONS, word) || (at > 0 && (AFTER_DOCTOR.has(keyOf(word)) || JOINS.test(word))))
}

/** Whether a first name is nothing but a title with a dot: `Mrs.`. Without a dot it may be a name. */
export function isOnlyTitle(text: string): boolean {
  return text.endsWith('.') && isIn(TITLES, text)
}

/** A first or last name that has its own column. It is kept unchanged if nothing would be left of it. */
export function cleanNamePart(text: string, part: 'first' | 'last'): CleanName {
  if (PLAIN_WORD.test(text) || text.length > LONGEST) return { name: text, cut: NOTHING }
  if (PLAIN_WORDS.test(text) && !hasNameWord(text)) return { name: text, cut: NOTHING }
  const cut: string[] = []
  const parts = nameParts(text, cut, true)
  const tokens = parts.map(one => withoutTitles(one.split(' '), cut))
  const last = tokens.length - 1
  tokens[last] = withoutSuffixes(tokens[last]!, cut, part === 'last' && tokens.length === 1 ? 1 : 2)
  const name = tokens.map(words => words.join(' ')).join(', ')
  return hasLetter(name) ? { name, cut } : { name: text, cut: NOTHING }
}

/**
 * Splits at the comma of `Last, First`, otherwise before the first particle or the last word. A single word is a first name.
 */
export function splitFullName(text: string): SplitName {
  const trimmed = text.trim()
  if (trimmed.length > LONGEST || (PLAIN_WORDS.test(trimmed) && !hasNameWord(trimmed)) || PLAIN_WORD.test(trimmed))
    return { ...atLastSpace(trimmed), cut: NOTHING }
  const cut: string[] = []
  const parts = nameParts(trimmed, cut, false)
  if (parts.length > 1) return splitAtComma(parts, cut)
  const words = withoutSuffixes(withoutTitles(parts[0]!.split(' '), cut), cut, 2)
  if (!words.some(hasLetter)) return { ...atLastSpace(trimmed), cut: NOTHING }
  return { ...splitWords(words), cut }
}

/**
 * A full name that begins with the last name, as `Last, First`. Words in capitals before others are the last name (`GARCÍA LÓPEZ
 * Ana`), otherwise the first word with the particles before it. Unchanged if the name itself shows another order: `Jean DUPONT`,
 * `J. Dupont`.
 */
export function lastNameFirst(text: string): string {
  if (text.length > LONGEST || text.includes(',')) return text
  const words = text.trim().split(/\s+/)
  let from = 0
  while (from < words.length - 1 && isTitle(words[from]!, from > 0)) from++
  const [first, last] = [words[from]!, words.at(-1)!]
  if (isInitial(first) || (isCapitals(last) && !isInitial(last) && !isCapitals(first))) return text
  let to = words.findIndex((word, at) => at >= from && !isCapitals(word))
  if (to <= from) {
    to = from
    while (to < words.length - 1 && isAnyParticle(words[to]!)) to++
    to++
  }
  return to >= words.length ? text : `${words.slice(0, to).join(' ')}, ${words.slice(to).join(' ')}`
}

function isInitial(word: string): boolean {
  return /^\p{L}\.?$/u.test(word)
}

function atLastSpace(name: string): { readonly first: string; readonly last: string | null } {
  const at = name.search(/\s\S+$/)
  return at < 0 ? { first: name, last: null } : { first: name.slice(0, at).trim(), last: name.slice(at).trim() }
}

function splitWords(words: readonly string[]): { readonly first: string | null; readonly last: string | null } {
  if (words.length === 1) return { first: words[0]!, last: null }
  const join = (from: number, to: number) => words.slice(from, to).join(' ')
  const at = lastNameStart(words)
  return at === 0 ? { first: null, last: join(0, words.length) } : { first: join(0, at), last: join(at, words.length) }
}

/** The index of the word with which the last name begins. */
function lastNameStart(words: readonly string[]): number {
  const end = words.length - 1
  const isLow = words.every(word => word === word.toLowerCase())
  if (isLastNameAlone(words, isLow)) return 0
  const isVietnamese = VIETNAMESE.has(plain(words[0]!))
  for (let at = 1; at < end; at++) {
    // `García y López` is one last name.
    if (/^[yei]$/.test(words[at]!) && at > 1) return at - 1
    if (!isParticleAt(words, at, isLow) || (isVietnamese && words[at] !== words[at]!.toLowerCase())) continue
    const after = words.findIndex((word, place) => place > at && !isAnyParticle(word))
    if (after < 0 || after === end || !GIVEN_AFTER_PARTICLE.has(plain(words[after]!))) return at
    at = after
  }
  return end
}

/** `von Neumann`, `De Silva`, `Van der Berg`. But `Van Morrison` and `Al Gore` have first names. */
function isLastNameAlone(words: readonly string[], isLow: boolean): boolean {
  const [first, second] = words as readonly [string, string]
  if (isAnyParticle(first) && first === first.toLowerCase()) return !isLow
  if (words.length === 2) return LEADING_PARTICLES.has(first.toLowerCase())
  return PARTICLES.has(first.toLowerCase()) && /^(der|den|de|la|los|las|het|dem)$/i.test(second)
}

function isParticleAt(words: readonly string[], at: number, isLow: boolean): boolean {
  const word = words[at]!
  const key = word.toLowerCase()
  if (/^st\.$/i.test(word)) return true
  if (LOWER_PARTICLES.has(word)) return !isLow
  if (!PARTICLES.has(key)) return false
  return word === key || !SHORT_PARTICLES.has(key) || at === words.length - 2
}

function isAnyParticle(word: string): boolean {
  return PARTICLES.has(word.toLowerCase()) || LOWER_PARTICLES.has(word)
}

/** In lower case, without marks. */
function plain(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/** Whether a word is in one of the tables. Lets most names pass without a closer look. */
function hasNameWord(text: string): boolean {
  return text.split(' ').some(word => {
    const key = word.toLowerCase()
    if (PARTICLES.has(key) || TITLES.has(key) || LOWER_PARTICLES.has(key) || key === 'y' || key === 'e' || key === 'i')
      return true
    return SUFFIXES.has(key) || DEGREES.has(key) || CAPITAL_SUFFIXES.has(key) || key === 'sr'
  })
}

/** `Vries, de, Jos` is `de Vries, Jos`. */
function withoutParticleParts(parts: readonly string[]): readonly string[] {
  const at = parts.findIndex(
    (part, index) => index > 0 && part.split(' ').every(isAnyParticle) && part === part.toLowerCase(),
  )
  if (at < 0 || parts.length < 3) return parts
  return [`${parts[at]} ${parts[0]}`, ...parts.slice(1).filter((_, index) => index !== at - 1)]
}

/** `Last, First`. More parts than these two are cut, unless they are titles or suffixes, which are cut anyway. */
function splitAtComma(parts: readonly string[], cut: string[]): SplitName {
  const [before, after, ...more] = withoutParticleParts(parts).map(part =>
    withoutSuffixes(withoutTitles(part.split(' '), cut), cut, 1),
  )
  cut.push(...more.map(words => words.join(' ')))
  const [last, first] = [[...before!], [...after!]]
  // `Beethoven, Ludwig van`
  while (first.length > 1 && first.at(-1) === first.at(-1)!.toLowerCase() && isAnyParticle(first.at(-1)!))
    last.unshift(first.pop()!)
  return { first: first.join(' '), last: last.join(' '), cut }
}

const BRACKETS = /\(([^()]*)\)|\[([^[\]]*)\]|\{([^{}]*)\}|（([^（）]*)）/g
/** Emoji and other symbols, with what joins and colours them. */
const SYMBOLS = /(?:(?:\p{So}|\p{Extended_Pictographic}|\p{Regional_Indicator})(?:\p{Sk}|\u200d|\ufe0e|\ufe0f)*)+/gu
/** Such a sign separates the name from a slogan or an employer. */
const SLOGAN = /\s*[|•●▪►¦]\s*.*$|\s+(?:·|–|—)\s+.*$|\s+@\s?\S.*$/u
/** A hyphen between spaces does too, unless it joins two last names. */
const HYPHEN = /^(\S+\s+\S.*?)\s+-\s+(\S+\s+\S.*|[A-Z]{2,5})$/
/** `Ada Byron / Acme`, but not `Mr / Mrs Byron`. */
const SLASH = /^(\S+\s+\S.*?)\s+\/\s+(\S.*)$/
const EDGES = /^[\s,;:|/\\*_~#•·–—-]+|[\s,;:|/\\*_~#•·–—-]+$/g

/** The parts between the commas, without decorations. Parts that are titles or suffixes are cut, except the first one. */
function nameParts(text: string, cut: string[], isPart: boolean): [string, ...string[]] {
  const bare = withoutDecorations(text, cut)
  const [first, ...others] = bare
    .split(',')
    .map(part => part.replace(EDGES, '').replace(/\s+/g, ' '))
    .filter(part => part !== '')
  if (first === undefined) return [text]
  const isWhole = isPart || first.includes(' ')
  const kept = others.filter(part => {
    const words = part.split(' ')
    const isSuffix =
      words.every(word => isAfterComma(word, first, isWhole)) ||
      (isWhole && words.some(word => JOB_WORDS.has(keyOf(word))))
    if (isSuffix) cut.push(part)
    return !isSuffix
  })
  return [first, ...kept]
}

function withoutDecorations(text: string, cut: string[]): string {
  let bare = text.trim()
  if (/^[^\p{L}]/u.test(bare) || /["“”„«»]/.test(bare)) bare = unquote(bare)
  if (/[([{（]/.test(bare)) {
    const found: string[] = []
    const rest = bare.replace(BRACKETS, all => {
      found.push(all)
      return ' '
    })
    // A name that is all in brackets is the name.
    if (hasLetter(rest)) {
      // A bracket may never be closed.
      const open = rest.search(/[([{（]/)
      const isOpen = open > 0 && hasLetter(rest.slice(0, open)) && hasLetter(rest.slice(open))
      if (isOpen) found.push(rest.slice(open).trim())
      bare = (isOpen ? rest.slice(0, open) : rest).replace(/[([{（)\]}）]/g, ' ')
      cut.push(...found.filter(one => /[\p{L}\p{N}]/u.test(one)))
    } else bare = bare.replace(/[([{（)\]}）]/g, ' ')
  }
  // `Dr.Ada Byron`
  bare = bare.replace(/^((?:mr|mrs|ms|dr|prof|mme|hr|fr)\.)(?=\p{L}{2})/iu, '$1 ')
  bare = cutMatches(bare, SYMBOLS, ' ', cut)
  bare = cutMatches(bare.trim(), SLOGAN, '', cut)
  const hyphen = HYPHEN.exec(bare) ?? SLASH.exec(bare)
  if (hyphen === null) return bare
  cut.push(hyphen[2]!)
  return hyphen[1]!
}

const OPENING_QUOTES = /^["“”„«»']+/u
const QUOTES = `"“”„«»'`

function unquote(text: string): string {
  const [opening] = OPENING_QUOTES.exec(text) ?? ['']
  const inner = trimEnds(text.slice(opening.length), '', QUOTES)
  return opening === '' || !QUOTES.includes(text.at(-1)!) ? text : inner.trim()
}

function cutMatches(text: string, pattern: RegExp, by: string, cut: string[]): string {
  const found: string[] = []
  const rest = text.replace(pattern, all => {
    found.push(all.trim().replace(/^[|•·●▪►¦–—]\s*/u, ''))
    return by
  })
  if (found.length === 0 || !hasLetter(rest)) return text
  cut.push(...found.filter(one => one !== ''))
  return rest
}

/** Drops titles from the front. One word is left. */
function withoutTitles(words: readonly string[], cut: string[]): string[] {
  let from = 0
  while (from < words.length - 1 && (isTitle(words[from]!, from > 0) || joinsTitles(words, from))) from++
  if (from > 0) cut.push(words.slice(0, from).join(' '))
  return words.slice(from)
}

/** Words that join two titles: `Mr. & Mrs. Smith`. */
const JOINS = /^(&|\+|and|und|et|y|e|en|och|og|i)$/i

function joinsTitles(words: readonly string[], at: number): boolean {
  return at > 0 && JOINS.test(words[at]!) && isTitle(words[at + 1] ?? '', true)
}

function isTitle(word: string, afterTitle: boolean): boolean {
  if (isIn(TITLES, word)) return true
  const key = keyOf(word)
  return word.endsWith('.') && (DOTTED_TITLES.has(key) || (afterTitle && AFTER_DOCTOR.has(key)))
}

/** `Dr.`, but not the initials `D.R.` */
function isIn(titles: ReadonlySet<string>, word: string): boolean {
  return titles.has(keyOf(word)) && !INITIALS.test(word)
}

const INITIALS = /^\p{L}\.\p{L}\.?$/u

/** Drops suffixes from the end. `least`: the number of words that are left before an uncertain suffix. */
function withoutSuffixes(words: readonly string[], cut: string[], least: number): string[] {
  const isShouted = isCapitals(words.join(' '))
  let to = words.length
  while (to > 1 && isSuffix(words[to - 1]!, words, to - 1, least, isShouted)) to--
  if (to < words.length) cut.push(words.slice(to).join(' '))
  return words.slice(0, to)
}

function isSuffix(word: string, words: readonly string[], before: number, least: number, isShouted: boolean): boolean {
  const key = keyOf(word)
  if (isGeneration(key)) return !isDotted(word)
  if (SUFFIXES.has(key) || PRONOUNS.test(word)) return true
  if (key === 'esq') return word.endsWith('.')
  // `Ph. D.`
  if (key === 'd' && before > 1 && keyOf(words[before - 1]!) === 'ph') return true
  if (key === 'ph' && keyOf(words[before + 1] ?? '') === 'd') return true
  if (DEGREES.has(key)) return isDegree(word) && (!isShouted || (key === 'mba' && before >= 2))
  if (isDotted(word)) return before >= least && (CAPITAL_SUFFIXES.has(key) || COMMA_SUFFIXES.has(key))
  if (!CAPITAL_SUFFIXES.has(key) || !isCapitals(word)) return false
  return ROMAN.test(key) || (before >= least && !isShouted)
}

/** `Jr.`; but `J.R.` are initials. */
function isGeneration(key: string): boolean {
  return key === 'jr' || key === 'sr'
}

const ROMAN = /^[ivx]+$/

/** `MBA` and `MSc`, but not `Mba`. */
function isDegree(word: string): boolean {
  return /\p{Lu}.*\p{Lu}/u.test(word)
}

/** `M.D.`, `Ph.D`, but not `Do.` */
function isDotted(word: string): boolean {
  return /^\p{L}+\.\p{L}/u.test(word)
}

/**
 * Whether a word behind a comma is a title or suffix. `isWhole`: the name is complete without it. `Doe, AJ` is not, and neither is
 * `WANG, MENG`.
 */
function isAfterComma(word: string, first: string, isWhole: boolean): boolean {
  const key = keyOf(word)
  if (isGeneration(key)) return !isDotted(word)
  if (key === '' || SUFFIXES.has(key) || TITLES.has(key) || key === 'esq' || PRONOUNS.test(word)) return true
  if (word.endsWith('.') && DOTTED_TITLES.has(key)) return true
  const isKnown = DEGREES.has(key) || CAPITAL_SUFFIXES.has(key) || COMMA_SUFFIXES.has(key)
  if (isKnown && isDotted(word)) return true
  if (isCapitals(first) && !isWhole) return ROMAN.test(key) && isKnown
  if (isKnown) return DEGREES.has(key) ? isDegree(word) : isCapitals(word)
  // Other certificates: `Ada Byron, CSCP`.
  return isWhole && !isCapitals(first) && /^[A-Z][A-Z0-9/-]{2,7}$/.test(word)
}

/** `she/her`, `er/ihm`. */
const PRONOUNS = /^(?:she|he|they|ze|xe|sie|er|elle|il|ella|él|ela|ele|lei|lui|zij|hij|hon|han|hun)\//i

/** The word without dots and surrounding signs, in lower case. */
function keyOf(word: string): string {
  return word.toLowerCase().replace(/[.®™’']/g, '')
}

function isCapitals(text: string): boolean {
  return text === text.toUpperCase() && text !== text.toLowerCase()
}

function hasLetter(text: string): boolean {
  return /\p{L}/u.test(text)
}
