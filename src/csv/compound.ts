/** Cells that hold the values of several keys: a full name, a location. */
import { isCountryName } from '../records/values/countries.ts'

/** Split at the last space; a name without one is a first name. */
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
 * `City, State` or `City, State, Country`; of two parts the second may also be a country. Null for anything else: one
 * part may be a city, a region or a country.
 */
export function splitLocation(location: string): Location | null {
  const parts = location.split(',').map(part => part.trim())
  const [city, second, third] = parts
  if (!city || !second || parts.length > 3 || third === '') return null
  if (third !== undefined) return { city, state: second, country: third }
  return isCountry(second) ? { city, state: null, country: second } : { city, state: second, country: null }
}

/** Georgia is taken for the state. */
function isCountry(name: string): boolean {
  return name.toLowerCase() !== 'georgia' && isCountryName(name)
}
