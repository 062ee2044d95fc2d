/** Splits cells that hold the values of several keys: a full name or a location. */
import { isCountryName } from '../records/values/countries.ts'

/** Splits at the last space. A name without a space is a first name. */
export function splitName(name: string): { readonly first: string; readonly last: string | null } {
  const trimmed = name.trim()
  const cut = trimmed.search(/\s\S+$/)
  return cut < 0
    ? { first: trimmed, last: null }
    : { first: trimmed.slice(0, cut).trim(), last: trimmed.slice(cut).trim() }
}

export interface Location {
  readonly city: string
  readonly state: string | null
  readonly country: string | null
}

/**
 * Splits `City, State`, `City, Country` or `City, State, Country`. Returns null for anything else: a single part could be a
 * city, a region or a country.
 */
export function splitLocation(location: string): Location | null {
  const parts = location.split(',').map(part => part.trim())
  const [city, second, third] = parts
  if (!city || !second || parts.length > 3 || third === '') return null
  if (third !== undefined) return { city, state: second, country: third }
  return isCountry(second) ? { city, state: null, country: second } : { city, state: second, country: null }
}

/** Georgia counts as the state. */
function isCountry(name: string): boolean {
  return name.toLowerCase() !== 'georgia' && isCountryName(name)
}
