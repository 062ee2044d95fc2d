/**
 * The fields of documents. A document of a contact also has the fields of its company, under their names in queries of
 * contacts (`company_name`).
 *
 * A number or date is a `long`; a date is in milliseconds. Any other field is an object with some of these parts:
 * - `exact`: the folded value, or the folded items of a list.
 * - `words`: the words of the value, separated by spaces; of a list, one text per item.
 * - `digits`: of a phone, the digits of its number.
 * - `national`: of a phone, these digits with and without the calling code.
 * - `spelled`: true if the value has capitals and small letters, for fields that are answered in lower case.
 */
import { createHash } from 'node:crypto'
import { companyFieldAlias, type Field, queryableNames, resolveField, type Service } from '../../fields.ts'

export interface IndexedField {
  /** In documents. */
  readonly name: string
  readonly field: Field
}

/** All fields of the documents of a service. */
export function indexedFields(service: Service): readonly IndexedField[] {
  return queryableNames(service).map(name => ({ name, field: resolveField(service, name)! }))
}

/** The name of `field` in the documents of `service`. */
export function nameIn(service: Service, field: Field): string {
  return field.service === service ? field.name : companyFieldAlias(field)!
}

export function isNumber({ kind }: Field): boolean {
  return kind === 'integer' || kind === 'date'
}

/** The words of first and last name, as one text. Only in documents of contacts. */
export const FULL_NAME_WORDS = 'full_name.words'

/** Lucene refuses terms of more than 32,766 bytes. */
const LONGEST_TERM = 32_000
const KEPT_OF_LONGER = 30_000

/**
 * The term that stands for a folded value. Folding can make a value of 8,000 bytes longer than a term can be. Such a value is
 * cut and continued by its hash: it still equals only itself. The result is its own term.
 */
export function termOf(folded: string): string {
  if (folded.length * 3 <= LONGEST_TERM) return folded
  const bytes = Buffer.from(folded)
  if (bytes.length <= LONGEST_TERM) return folded
  const hash = createHash('sha256').update(bytes).digest('hex')
  return `${bytes.toString('utf8', 0, KEPT_OF_LONGER).replace(/\ufffd$/, '')}${hash}`
}
