/** Splits a location, a cell that holds the values of several keys. */
import { isCountryName } from '../records/values/countries.ts'

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
