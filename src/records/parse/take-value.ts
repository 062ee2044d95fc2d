/** Puts cleaned values into a record, with their problems and warnings. */
import { type Field, PHONE_FIELDS, type Service } from '../../fields.ts'
import { quote } from '../../text/shorten.ts'
import type { Value } from '../record.ts'
import { type Cleaned, isFlaw, isRemarked } from '../values/clean.ts'
import { addFlaw, addWarning, type Reading } from './reading.ts'

/** Values by field that are still being read. */
export type OpenValues = { [field: string]: Value | null | undefined }

/** The further phones of one cell, which go into empty phone fields of its record. */
export interface FurtherPhones {
  /** The key of the cell in warnings. */
  readonly key: string
  readonly phones: readonly string[]
}

/** Adds the value, unless it is flawed. Returns the further phones of the cell, if it has any. */
export function takeValue(
  reading: Reading,
  key: string,
  field: Field,
  cleaned: Cleaned,
  values: OpenValues,
): FurtherPhones | null {
  if (isFlaw(cleaned)) addFlaw(reading, key, cleaned)
  else if (isRemarked(cleaned)) {
    const { value, remark, further } = cleaned
    values[field.name] = value
    if (remark !== null) addWarning(reading, key, 'ERR_INVALID_VALUE', remark)
    return further.length === 0 ? null : { key, phones: further }
  } else values[field.name] = cleaned
  return null
}

/** Stores each phone in the first phone field that the record leaves empty, and reports those without a place. */
export function placePhones(
  reading: Reading,
  service: Service,
  values: OpenValues,
  further: readonly FurtherPhones[],
): void {
  for (const { key, phones } of further)
    for (const phone of phones) {
      const fields = PHONE_FIELDS[service]
      if (fields.some(({ name }) => values[name] === phone)) continue
      const free = fields.find(({ name }) => values[name] === undefined)
      if (free !== undefined) values[free.name] = phone
      else
        addWarning(
          reading,
          key,
          'ERR_INVALID_VALUE',
          `${key} has more than one number, and no phone field is left for ${quote(phone)}; it is not stored`,
        )
    }
}
