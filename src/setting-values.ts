/** Parses the values of settings. Each throws an Error whose message continues "NAME …". */
import { resolve } from 'node:path'

export function text(value: string): string {
  return value
}

export function path(value: string): string {
  return resolve(value)
}

export function integer(min: number, max: number): (value: string) => number {
  return value => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    if (!(number >= min && number <= max))
      throw new Error(`must be a whole number from ${min} to ${max}, not "${value}"`)
    return number
  }
}

export function flag(value: string): boolean {
  const known: Record<string, boolean> = { true: true, 1: true, yes: true, false: false, 0: false, no: false }
  const found = known[value.toLowerCase()]
  if (found === undefined) throw new Error(`must be true or false, not "${value}"`)
  return found
}

export function choice<const T extends string>(...allowed: readonly T[]): (value: string) => T {
  return value => {
    const found = allowed.find(name => name === value.toLowerCase())
    if (!found) throw new Error(`must be one of ${allowed.join(', ')}, not "${value}"`)
    return found
  }
}

export function countryCode(value: string): string {
  const code = value.toUpperCase()
  const isKnown =
    /^[A-Z]{2}$/.test(code) && code !== 'ZZ' && new Intl.DisplayNames('en', { type: 'region' }).of(code) !== code
  if (!isKnown) throw new Error(`must be the code of a country in two letters, such as US or DE, not "${value}"`)
  return code
}

const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB']

export function bytes(value: string): number {
  const match = /^(\d{1,12})\s*(B|KB|MB|GB|TB)?$/i.exec(value)
  const unit = BYTE_UNITS.indexOf(match?.[2]?.toUpperCase() ?? 'B')
  const size = Number(match?.[1]) * 1024 ** unit
  if (!(size >= 1 && size <= Number.MAX_SAFE_INTEGER)) throw new Error(`must be a size such as 32MB, not "${value}"`)
  return size
}

/** As `bytes` reads it. */
export function showBytes(size: number): string {
  const unit = BYTE_UNITS.findLastIndex((_, power) => size % 1024 ** power === 0)
  return `${size / 1024 ** unit}${BYTE_UNITS[unit]}`
}

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }

export function duration(value: string): number {
  const parts = [...value.matchAll(/(\d{1,9})([smhd])/g)]
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * SECONDS[unit!]!, 0)
  const wellFormed = parts.map(part => part[0]).join('') === value
  if (!wellFormed || seconds < 1) throw new Error(`must be a duration such as 30s, 24h or 7d, not "${value}"`)
  return seconds
}

/** As `duration` and `orZero` read it. */
export function showDuration(seconds: number): string {
  const [unit, length] = Object.entries(SECONDS).findLast(([, length]) => seconds > 0 && seconds % length === 0) ?? [
    's',
    1,
  ]
  return `${seconds / length}${unit}`
}

export function orZero(parse: (text: string) => number): (value: string) => number {
  return value => (/^0s?$/.test(value) ? 0 : parse(value))
}

/** `min` in seconds. */
export function atLeast(min: number, parse: (value: string) => number): (value: string) => number {
  return value => {
    const seconds = parse(value)
    if (seconds < min) throw new Error(`must be at least ${min / 3600}h, not "${value}"`)
    return seconds
  }
}

/** A message does not repeat a value with an `@`, which may have a password in front of it. */
export function httpUrl(value: string): string {
  const url = URL.parse(value)
  if (value.includes('@'))
    throw new Error('must be an address without user, password or "@", such as https://connectra.example.com')
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash)
    throw new Error(`must be an address such as https://connectra.example.com, not "${value}"`)
  return url.href.replace(/\/+$/, '')
}

/** pg verifies the certificate with each of the last four, and warns that a later version will not. */
const TLS_MODES = ['disable', 'no-verify', 'prefer', 'require', 'verify-ca', 'verify-full']

/** The value contains a password, so no message repeats it. */
export function opensearchUrls(value: string): readonly string[] {
  const urls = list(value).map(address => URL.parse(address))
  if (urls.length === 0 || urls.some(url => !url || !/^https?:$/.test(url.protocol) || url.search || url.hash))
    throw new Error('must be addresses such as https://user:password@host:9200, separated by commas')
  if (urls.some(url => !isDecodable(`${url!.username}${url!.password}`)))
    throw new Error('must be addresses in which a "%" of a user or password is written as "%25"')
  return urls.map(url => url!.href.replace(/\/+$/, ''))
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

export function awsRegion(value: string): string {
  if (!/^[a-z]{2,}(?:-[a-z]+)+-\d+$/.test(value))
    throw new Error(`must be a region such as eu-central-1, not "${value}"`)
  return value
}

export function indexPrefix(value: string): string {
  if (!/^[a-z0-9][a-z0-9_-]{0,50}$/.test(value))
    throw new Error(`must be lower-case letters, digits, "-" and "_", such as connectra, not "${value}"`)
  return value
}

/** The value contains a password, so no message repeats it. */
export function postgresUrl(value: string): string {
  const url = URL.parse(value)
  if (!url || !/^postgres(ql)?:$/.test(url.protocol))
    throw new Error('must be an address such as postgresql://user:password@host:5432/database')
  const { searchParams } = url
  const mode = searchParams.get('sslmode')
  if (mode !== null && !TLS_MODES.includes(mode))
    throw new Error(`has an unknown sslmode: use verify-full, no-verify (encrypted but not verified) or disable`)
  if (searchParams.has('uselibpqcompat')) return value
  return (
    value
      .replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full')
      // The authorities that the system trusts are used without it.
      .replace(/([?&])sslrootcert=system(?:&|$)/, '$1')
  )
}

function list(value: string): readonly string[] {
  return value.split(',').flatMap(item => item.trim() || [])
}

export function buckets(value: string): readonly string[] {
  const found = list(value)
  for (const name of found) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/.test(name))
      throw new Error(`must be names of buckets without a path, such as connectra-files, not "${name}"`)
  }
  return [...new Set(found)]
}

/** Empty, or ends with a slash. */
export function keyPrefix(value: string): string {
  const parts = value.replace(/\/$/, '').split('/')
  const isValid = value === '' || parts.every(part => /^[\w!'()*.=-]+$/.test(part) && part !== '.' && part !== '..')
  if (!isValid) throw new Error(`must be a path such as connectra/production, not "${value}"`)
  return value === '' || value.endsWith('/') ? value : `${value}/`
}

export function keys(value: string): readonly string[] {
  const found = list(value)
  const bad = found.findIndex(key => key.length < 16 || !/^[\x21-\x7e]+$/.test(key))
  if (bad >= 0) throw new Error(`must be keys of at least 16 visible ASCII characters each: key ${bad + 1} is not`)
  return found
}

export function origins(value: string): readonly string[] {
  if (value === 'none') return []
  const found = list(value)
  for (const origin of found) {
    if (origin !== '*' && URL.parse(origin)?.origin !== origin)
      throw new Error(`must be origins such as https://app.example.com, without a path, not "${origin}"`)
  }
  return found
}

/** As `origins` reads it: an empty text would mean the default. */
export function showOrigins(found: readonly string[]): string {
  return found.length === 0 ? 'none' : found.join(',')
}
