/** Reads untyped JSON. Every error message names the path. */
import { ConnectraError, type ErrorCode } from '../errors.ts'
import { nearest } from '../text/nearest.ts'
import { quote, shorten } from '../text/shorten.ts'

const SHOWN_LETTERS = 80

/** Front ends send empty members. They are treated as absent. */
export function isEmpty(json: unknown): json is undefined | null | '' | readonly never[] {
  if (json === undefined || json === null || json === '') return true
  if (typeof json !== 'object') return false
  return Array.isArray(json) ? json.length === 0 : Object.keys(json).length === 0
}

/** Extends a path: `where` and `and` give `where.and`; then 2 gives `where.and[2]`. */
export function at(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`
  const shown = shorten(key, SHOWN_LETTERS)
  return path === '' ? shown : `${path}.${shown}`
}

/** An empty path stands for the whole body. */
export function failure(code: ErrorCode, path: string, message: string): ConnectraError {
  return new ConnectraError(code, path === '' ? `the body ${message}` : `${path}: ${message}`)
}

/** The own entries of an object with any keys (`__proto__` is a key like any other). */
export function readEntries(json: unknown, path: string): [string, unknown][] {
  if (isEmpty(json)) return []
  if (typeof json !== 'object' || Array.isArray(json)) {
    throw failure('ERR_INVALID_VALUE', path, `must be an object, not ${show(json)}`)
  }
  return Object.entries(json as object)
}

/** An object with known keys. An unknown key is ERR_UNKNOWN_FIELD. */
export function readObject(json: unknown, path: string, known: readonly string[]): ReadonlyMap<string, unknown> {
  const entries = readEntries(json, path)
  for (const [key] of entries) if (!known.includes(key)) throw unknownField(at(path, key), key, known)
  return new Map(entries)
}

export function readList(json: unknown, path: string): readonly unknown[] {
  if (isEmpty(json)) return []
  if (!Array.isArray(json)) throw failure('ERR_INVALID_VALUE', path, `must be a list, not ${show(json)}`)
  return json
}

export function readBoolean(json: unknown, path: string): boolean {
  if (isEmpty(json)) return false
  if (typeof json !== 'boolean') throw failure('ERR_INVALID_VALUE', path, `must be true or false, not ${show(json)}`)
  return json
}

/** A whole number of at least `min`; null if not given. */
export function readInteger(json: unknown, path: string, min: number): number | null {
  if (isEmpty(json)) return null
  if (typeof json !== 'number' || !Number.isInteger(json) || json < min) {
    throw failure('ERR_INVALID_VALUE', path, `must be a whole number of at least ${min}, not ${show(json)}`)
  }
  return json
}

/** One of `choices`, case-insensitive; the first if not given. */
export function readChoice<Choice extends string>(json: unknown, path: string, choices: readonly Choice[]): Choice {
  if (isEmpty(json)) return choices[0]
  const choice = typeof json === 'string' ? choices.find(known => known === json.toLowerCase()) : undefined
  if (choice === undefined) {
    throw failure('ERR_INVALID_VALUE', path, `must be one of ${choices.join(', ')}, not ${show(json)}`)
  }
  return choice
}

export function unknownField(path: string, name: string, known: readonly string[], hint = ''): ConnectraError {
  const message = `unknown field ${show(name)}${hint}; did you mean "${nearest(name, known)}"?`
  return failure('ERR_UNKNOWN_FIELD', path, message)
}

/** Whether lists and objects are nested more than `levels` deep. JSON that is nested too deeply cannot be serialized again. */
export function isNestedDeeper(json: unknown, levels: number): boolean {
  let layer = [json]
  for (let level = 0; level <= levels; level++) {
    layer = layer.flatMap(value => (typeof value === 'object' && value !== null ? Object.values(value) : []))
    if (layer.length === 0) return false
  }
  return true
}

/** A value as shown in messages. */
export function show(json: unknown): string {
  if (json === undefined) return 'nothing'
  if (Array.isArray(json)) return 'a list'
  if (typeof json === 'object' && json !== null) return 'an object'
  return typeof json === 'string' ? quote(json, SHOWN_LETTERS) : String(json)
}
