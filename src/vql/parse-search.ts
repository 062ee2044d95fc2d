/** `search`: what a person types into one search box. */
import { type Field, PHONE_FIELDS, resolveField, SEARCHED_FIELDS } from '../fields.ts'
import { failure, isEmpty, show } from '../json/read.ts'
import { fold } from '../text/fold.ts'
import { wordsOfFolded } from '../text/words.ts'
import { and, NONE, or } from './conditions.ts'
import { spendText } from './limits.ts'
import { containsPhone } from './parse-phone.ts'
import type { Condition } from './query.ts'
import type { Scope } from './read-field.ts'

/** Fewer digits than these are not looked for inside a phone. */
const PHONE_DIGITS = 4

/** Groups of digits as a phone has them, up to the end of a word. */
const NUMBERS = /(?<![\p{L}\p{M}\p{N}])\d(?:[\d ()./-]*\d)?(?![\p{L}\p{M}\p{N}+#])/gu

/** Every word is the beginning of a word of one of the searched fields, or belongs to a number that is part of a phone. */
export function parseSearch(scope: Scope, json: unknown, path: string): Condition | null {
  if (isEmpty(json)) return null
  if (typeof json !== 'string') throw failure('ERR_INVALID_VALUE', path, `must be a string, not ${show(json)}`)
  scope.budget.spend('clauses', 1, path)
  spendText(scope.budget, json, path)
  const folded = fold(json)
  const words = wordsOfFolded(folded)
  if (words.length === 0) return NONE
  const fields = SEARCHED_FIELDS[scope.service].map(name => resolveField(scope.service, name)!)
  const phones = PHONE_FIELDS[scope.service]
  scope.budget.spend('words', words.length * (fields.length + phones.length), path)

  const conditions: (Condition | null)[] = []
  const seen = new Set<string>()
  const addWords = (found: readonly string[]) => {
    for (const word of found) {
      if (!seen.has(word)) conditions.push(beginsWord(fields, phones, word))
      seen.add(word)
    }
  }
  let end = 0
  for (const { 0: number, index } of folded.matchAll(NUMBERS)) {
    addWords(wordsOfFolded(folded.slice(end, index)))
    end = index + number.length
    const groups = wordsOfFolded(number)
    if (groups.length === 1) addWords(groups)
    else conditions.push(or([and(groups.map(group => beginsWord(fields, phones, group))), isInPhone(phones, number)]))
  }
  addWords(wordsOfFolded(folded.slice(end)))
  return and(conditions)
}

function beginsWord(fields: readonly Field[], phones: readonly Field[], word: string): Condition | null {
  const begins = fields.map(
    (field): Condition => Object.freeze({ type: 'phrase', field, words: Object.freeze([word]), slop: 0, prefix: true }),
  )
  return or([...begins, isInPhone(phones, word)])
}

/** Null if `number` is not a number, or too short. */
function isInPhone(phones: readonly Field[], number: string): Condition | null {
  const digits = number.replace(/\D+/g, '')
  if (digits.length < PHONE_DIGITS || /[^\d ()./-]/.test(number)) return null
  return or(phones.map(field => containsPhone(field, digits)))
}
