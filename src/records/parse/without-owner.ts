/** The cells of a row that names no contact, or no company: some belong to the other record, the others are reported. */
import type { Field, Service } from '../../fields.ts'
import type { Values } from '../record.ts'
import { addWarning, type Reading } from './reading.ts'
import { ROW_KEYS } from './row-keys.ts'

const PLACES = ['city', 'state', 'country'] as const
const at = (key: string): number => ROW_KEYS.indexOf(key)
const PERSON_PLACES = PLACES.map(at)
const COMPANY_PLACES = PLACES.map(key => at(`company_${key}`))
const PHONE = at('work_direct_phone')
const COMPANY_PHONE = at('company_phone')

/** Places of cells: from → to. */
type Moves = readonly (readonly [from: number, to: number])[]

/** The phone and place of a row without a person belong to its company. Places of two sources are not mixed. */
export function movesToCompany(row: readonly unknown[]): Moves {
  const moves: [number, number][] = []
  if (COMPANY_PLACES.every(place => isBlank(row[place])))
    for (const [index, place] of PERSON_PLACES.entries())
      if (!isBlank(row[place])) moves.push([place, COMPANY_PLACES[index]!])
  if (isBlank(row[COMPANY_PHONE]) && !isBlank(row[PHONE])) moves.push([PHONE, COMPANY_PHONE])
  return moves
}

export function moveCells(row: readonly unknown[], moves: Moves): readonly unknown[] {
  if (moves.length === 0) return row
  const cells = [...row]
  for (const [from, to] of moves) {
    cells[to] = cells[from]
    cells[from] = undefined
  }
  return cells
}

/** Replaces the warnings on moved cells of the person by those of the company, under the key that the row has. */
export function moveWarnings(ofPerson: Reading, ofCompany: Reading, moves: Moves): void {
  if (moves.length === 0) return
  const from = new Map(moves.map(([before, after]) => [ROW_KEYS[after]!, ROW_KEYS[before]!]))
  const moved = new Set(from.values())
  const kept = ofPerson.warnings.filter(({ field }) => field === null || !moved.has(field))
  ofPerson.warnings.splice(0, ofPerson.warnings.length, ...kept)
  for (const [index, warning] of ofCompany.warnings.entries()) {
    const field = from.get(warning.field ?? '')
    if (field !== undefined) ofCompany.warnings[index] = { ...warning, field }
  }
}

function isBlank(cell: unknown): boolean {
  return cell === undefined || cell === null || (typeof cell === 'string' && cell.trim() === '')
}

/** Values that name the record. If they do not, there is another warning about them. */
const NAMES: ReadonlySet<string> = new Set([
  ...['first_name', 'last_name', 'email', 'person_linkedin_url'],
  ...['company', 'company_linkedin_url', 'website', 'company_domain'],
])

/** Warns about each value that is not stored because the row does not name its record. */
export function warnWithoutOwner(
  reading: Reading,
  service: Service,
  values: Values,
  places: readonly { readonly key: string; readonly field: Field; readonly place: number }[],
  row: readonly unknown[],
): void {
  for (const { key, field, place } of places)
    if (values[field.name] !== undefined && !isBlank(row[place]) && !NAMES.has(key))
      addWarning(reading, key, 'ERR_MISSING_IDENTITY', `${key} is not stored: the row names no ${service}`)
}
