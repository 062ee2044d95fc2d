/** Splits a location, a cell that holds the values of several keys. */
import { isCountryName, regionOf } from '../records/values/countries.ts'

export interface Location {
  readonly street: string | null
  readonly postalCode: string | null
  readonly city: string | null
  readonly state: string | null
  readonly country: string | null
}

const NOTHING: Location = { street: null, postalCode: null, city: null, state: null, country: null }
const MOST_PARTS = 7
/** In characters. */
const LONGEST = 500
/** `Virginia[2]`, copied from an encyclopedia. */
const FOOTNOTE = /\[\d{1,3}\]$/

/**
 * Splits a country, `City, State`, `City, Country`, `City, State, Country` and addresses with a street before the city. Returns null
 * if the parts are not certain: a single part may be a city, a region or an area.
 */
export function splitLocation(location: string): Location | null {
  if (location.length > LONGEST) return null
  const place = splitParts(location)
  // `London 12` and `TX (HQ)` are neither a city nor a state.
  return place !== null && /[\d()]/.test(`${place.city} ${place.state}`) ? null : place
}

function splitParts(location: string): Location | null {
  const parts = location.split(',').map(part => part.trim().replace(FOOTNOTE, ''))
  if (parts.length > MOST_PARTS || parts.includes('')) return null
  const last = parts.at(-1)!
  if (parts.length === 1) return ofOne(last)
  if (parts.length === 2) return ofTwo(parts[0]!, last)
  if (!isCountryCode(last) && !isCountry(last) && !GEORGIA.test(last)) return withoutCountry(parts)
  const before = parts.slice(0, -1)
  if ((CODES.has(last) || GEORGIA.test(last)) && mayPrecedeState(before)) return null
  return { ...beforeCountry(before), country: last }
}

/** `1 Main St, Los Angeles, CA` may be in Canada or in California: only a street and a city precede the code. */
function mayPrecedeState(parts: readonly string[]): boolean {
  const end = parts.at(-1)!
  if (POSTAL_CODE.test(end) || POSTAL_CITY.test(end) || isState(stateOf(end).state)) return false
  return parts.some(isStreet) && parts.filter(part => !isStreet(part)).length <= 1
}

function ofOne(name: string): Location | null {
  if (isCountry(name)) return { ...NOTHING, country: name }
  return STATES.has(name.toLowerCase()) ? { ...NOTHING, state: name } : null
}

function ofTwo(first: string, second: string): Location | null {
  // `10001, New York`
  if (!/\p{L}/u.test(first)) return null
  if (!isCountry(second)) {
    const { state, postalCode } = stateOf(second)
    // `29 Palms, CA` is not a street.
    if (isStreet(first) && (isState(state) || postalCode !== undefined)) return null
    if (isStreet(first)) return { ...NOTHING, street: first, ...cityOf(second) }
    // `London, SW1A 1AA`
    if (postalCode === undefined && POSTAL_CODE.test(second)) return { ...NOTHING, city: first, postalCode: second }
    return { ...NOTHING, ...cityOf(first), ...stateOf(second) }
  }
  if (STATES_OF_BRITAIN.test(first) || (regionOf(second) === 'US' && isState(first)))
    return { ...NOTHING, state: first, country: second }
  // `Sydney NSW 2000, Australia`
  if (isStreet(first)) return /\s\d{4,}$/.test(first) ? null : { ...NOTHING, street: first, country: second }
  return { ...NOTHING, ...cityOf(first), country: second }
}

/** The parts before a country: the street, if there is one, the city and the state. */
function beforeCountry(parts: readonly string[]): Location {
  const end = parts.at(-1)!
  const postalCode = POSTAL_CODE.test(end) && !STATE_CODE.test(end) ? end : null
  const rest = postalCode === null ? parts : parts.slice(0, -1)
  const last = rest.at(-1)!
  if (rest.length === 1) return { ...NOTHING, postalCode, ...cityOf(last) }
  // `Hauptstr. 5, 10115 Berlin`
  const endsWithCity = POSTAL_CITY.test(last) || (rest.length === 2 && isStreet(rest[0]!))
  const streets = rest.slice(0, endsWithCity ? -1 : -2)
  const place = endsWithCity ? cityOf(last) : { ...cityOf(rest.at(-2)!), ...stateOf(last) }
  return { ...NOTHING, postalCode, ...place, street: streets.length === 0 ? null : streets.join(', ') }
}

/** `1 Main St, Austin, TX 78701`. */
function withoutCountry(parts: readonly string[]): Location | null {
  const { state, postalCode } = stateOf(parts.at(-1)!)
  if (!isState(state)) return null
  const streets = parts.slice(0, -2)
  if (!streets.some(isStreet)) return null
  return { ...NOTHING, ...cityOf(parts.at(-2)!), state, postalCode: postalCode ?? null, street: streets.join(', ') }
}

const POSTAL_CODE = /^(?=.*\d)[A-Z\d][A-Z\d -]{2,9}$/i
const POSTAL_CITY = /^((?:[A-Z]{1,2}-)?\d{4,6})\s+(\p{L}.*)$/u
/** `London SW1A 2AA` */
const CITY_OF_BRITAIN = /^(\p{L}[\p{L} .'’-]*?)\s+([A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2})$/u
const STATE_CODE = /^(\p{L}[\p{L} .]*?)\s+(\d{5}(?:-\d{4})?)$/u

function cityOf(part: string): { readonly city: string; readonly postalCode?: string } {
  const [, postalCode, city] = POSTAL_CITY.exec(part) ?? []
  if (city !== undefined) return { city, postalCode: postalCode! }
  const [, ofBritain, code] = CITY_OF_BRITAIN.exec(part) ?? []
  return ofBritain === undefined ? { city: part } : { city: ofBritain, postalCode: code! }
}

function stateOf(part: string): { readonly state: string; readonly postalCode?: string } {
  const [, state, postalCode] = STATE_CODE.exec(part) ?? []
  return state === undefined ? { state: part } : { state, postalCode: postalCode! }
}

function isStreet(part: string): boolean {
  return /\d/.test(part) && !POSTAL_CITY.test(part) && !CITY_OF_BRITAIN.test(part)
}

const GEORGIA = /^georgia$/i
const STATES_OF_BRITAIN = /^(england|scotland|wales|northern ireland)$/i

/** A state of the US, by its name or code. */
function isState(part: string): boolean {
  return CODES.has(part) || STATES.has(part.toLowerCase())
}

/** Georgia counts as the state. Codes do not count, also before a postal code: `CA` and `DE` are also states. */
function isCountry(name: string): boolean {
  if (GEORGIA.test(name) || /\d/.test(name)) return false
  return isCountryName(name) || (name.length > 3 && regionOf(name) !== null)
}

function isCountryCode(part: string): boolean {
  return /^[A-Z]{2,3}$/.test(part) && regionOf(part) !== null
}

/** States of the US, without those that are also cities or countries. */
const STATES: ReadonlySet<string> = new Set(
  `alabama,alaska,arizona,arkansas,california,colorado,connecticut,delaware,florida,hawaii,idaho,illinois,indiana,iowa,kansas,kentucky,louisiana,maine,
  maryland,massachusetts,michigan,minnesota,mississippi,missouri,montana,nebraska,nevada,new hampshire,new jersey,new mexico,north carolina,
  north dakota,ohio,oklahoma,oregon,pennsylvania,rhode island,south carolina,south dakota,tennessee,texas,utah,vermont,virginia,west virginia,
  wisconsin,wyoming`.split(/,\s*/),
)
const CODES: ReadonlySet<string> = new Set(
  `AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA
  WA WV WI WY DC`.split(/\s+/),
)
