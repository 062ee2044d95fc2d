/** The document of a record. */
import { type Field, FULL_NAME_PARTS, type Service } from '../../fields.ts'
import { hasBothCases } from '../../text/case.ts'
import { fold } from '../../text/fold.ts'
import { CALLING_CODES, numberDigits, wordsOfPhone } from '../../text/phone-digits.ts'
import { wordsOfFolded } from '../../text/words.ts'
import type { IndexedRecord } from '../engine.ts'
import { indexedFields, isNumber, termOf } from './fields.ts'

/** A record with the company of a contact. That is null for other records, and if the contact has none or an unknown one. */
export interface JoinedRecord {
  readonly record: IndexedRecord
  readonly company: IndexedRecord | null
}

type Value = IndexedRecord[string]

export function documentOf(service: Service, { record, company }: JoinedRecord): object {
  const document: Record<string, unknown> = {}
  for (const { name, field } of FIELDS[service]) {
    const value = (field.service === service ? record : company)?.[field.name] ?? null
    if (value !== null) document[name] = isNumber(field) ? value : partsOf(field, value)
  }
  if (service === 'contact') {
    const words = FULL_NAME_PARTS.flatMap(({ name }) => wordsOf(record[name] ?? null))
    if (words.length > 0) document.full_name = { words: words.join(' ') }
  }
  return document
}

const FIELDS = { company: indexedFields('company'), contact: indexedFields('contact') }

function wordsOf(value: Value): string[] {
  return typeof value === 'string' ? wordsOfFolded(fold(value)) : []
}

function partsOf(field: Field, value: Value): object {
  if (typeof value === 'object') return partsOfList(value as readonly string[])
  const folded = fold(String(value))
  const exact = termOf(folded)
  if (field.kind === 'uuid') return { exact }
  const isPhone = field.format === 'phone'
  const words = isPhone ? wordsOfPhone(folded) : wordsOfFolded(folded)
  return {
    exact,
    ...(words.length > 0 && { words: words.join(' ') }),
    ...(isPhone && digitsOf(folded)),
    ...(field.answered === 'lower' && hasBothCases(String(value)) && { spelled: true }),
  }
}

function partsOfList(items: readonly string[]): object {
  const folded = [...new Set(items.map(fold))]
  const words = folded.map(item => wordsOfFolded(item).join(' ')).filter(text => text !== '')
  return { exact: folded.map(termOf), ...(words.length > 0 && { words }) }
}

function digitsOf(folded: string): object {
  const digits = numberDigits(folded)
  if (digits === '') return {}
  const code = CALLING_CODES.find(code => digits.startsWith(code) && digits.length > code.length)
  return { digits, national: code === undefined ? [digits] : [digits, digits.slice(code.length)] }
}
