/**
 * The numbering plans of the world, from the full data of libphonenumber (max metadata, 157 kB). The expressions of a calling
 * code are compiled when its first number is checked. That takes a fraction of the time of the library's `isValid`, which
 * compiles up to ten expressions for each number.
 */
import type { CountryCode } from 'libphonenumber-js'
import metadata from 'libphonenumber-js/metadata.max.json'

/** The layout of the library's data: a list per country. A type is 0 if it does not exist. */
type Country = readonly unknown[] & {
  readonly 0: string
  readonly 1: string
  readonly 2: string
  readonly 11?: readonly (readonly [pattern: string, lengths?: readonly number[]] | 0)[] | 0
}

const COUNTRIES = metadata.countries as unknown as Readonly<Record<string, Country | undefined>>
const CALLING_CODES = metadata.country_calling_codes as unknown as Readonly<
  Record<string, readonly string[] | undefined>
>
const NON_GEOGRAPHIC = metadata.nonGeographic as unknown as Readonly<Record<string, Country | undefined>>

interface Plan {
  /** Numbers of the right form. */
  readonly form: RegExp
  /** Numbers in a range that is in use. */
  readonly assigned: RegExp
}

const plans = new Map<string, Plan>()

/** Whether the number, in E.164, has the form that the plan of its calling code requires. */
export function fitsPlan(e164: string): boolean {
  return matches(e164, 'form')
}

/** Whether the number, in E.164, is also in a range that is in use. */
export function isAssigned(e164: string): boolean {
  return matches(e164, 'form') && matches(e164, 'assigned')
}

/** The calling code of a country, without `+`; null if unknown. */
export function callingCode(country: CountryCode): string | null {
  return COUNTRIES[country]?.[0] ?? null
}

const exitCodes = new Map<CountryCode, RegExp | null>()

/** Matches the beginning of a number that is dialled abroad from the country (`011` in the US, `0011` in Australia). */
export function exitCode(country: CountryCode): RegExp | null {
  let known = exitCodes.get(country)
  if (known === undefined) {
    const pattern = COUNTRIES[country]?.[1]
    known = pattern === undefined ? null : new RegExp(`^(?:${pattern})`)
    exitCodes.set(country, known)
  }
  return known
}

function matches(e164: string, which: keyof Plan): boolean {
  for (let end = 2; end <= 4; end++) {
    const code = e164.slice(1, end)
    const plan = planOf(code)
    if (plan !== null) return plan[which].test(e164.slice(end))
  }
  return false
}

function planOf(code: string): Plan | null {
  const known = plans.get(code)
  if (known !== undefined) return known
  const countries = (CALLING_CODES[code] ?? []).map(name => COUNTRIES[name]!)
  if (NON_GEOGRAPHIC[code] !== undefined) countries.push(NON_GEOGRAPHIC[code])
  if (countries.length === 0) return null
  const plan = {
    form: whole(countries.map(country => country[2])),
    assigned: whole(countries.flatMap(typePatterns)),
  }
  plans.set(code, plan)
  return plan
}

function whole(patterns: readonly string[]): RegExp {
  return new RegExp(`^(?:${patterns.join('|')})$`)
}

function typePatterns(country: Country): string[] {
  const types = country[11] || []
  return types.flatMap(type => {
    if (type === 0 || type[0] === '') return []
    const [pattern, lengths] = type
    if (lengths === undefined) return `(?:${pattern})`
    return `(?=(?:${lengths.map(length => `\\d{${length}}`).join('|')})$)(?:${pattern})`
  })
}
