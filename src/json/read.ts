/** Reading untyped JSON: every failure names the path at which it lies. */
import { ConnectraError, type ErrorCode } from '../errors.ts'
import { nearest } from '../text/nearest.ts'

const SHOWN_LETTERS = 80

/** Front ends send empty parts: they stand for nothing. */
export function isEmpty(json: unknown): json is undefined | null | '' | readonly never[] {
  if (json === undefined || json === null || json === '') return true
  if (typeof json !== 'object') return false
  return Array.isArray(json) ? json.length === 0 : Object.keys(json).length === 0
}

/** `where` and `and` make `where.and`, 2 makes `where.and[2]`. */
export function at(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`
  const shown = shorten(key)
  return path === '' ? shown : `${path}.${shown}`
}

/** An empty path is the whole body. */
export function failure(code: ErrorCode, path: string, message: string): ConnectraError {
  return new ConnectraError(code, path === '' ? `the body ${message}` : `${path}: ${message}`)
}

/** An object of any keys, as its own entries (`__proto__` is a key like others). */
export function readEntries(json: unknown, path: string): [string, unknown][] {
  if (isEmpty(json)) return []
  if (typeof json !== 'object' || Array.isArray(json)) {
    throw failure('ERR_INVALID_VALUE', path, `must be an object, not ${show(json)}`)
  }
  return Object.entries(json as object)
}

/** An object of known keys. An unknown key is ERR_UNKNOWN_FIELD. */
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

/** A whole number of at least `min`; null when it is not given. */
export function readInteger(json: unknown, path: string, min: number): number | null {
  if (isEmpty(json)) return null
  if (typeof json !== 'number' || !Number.isInteger(json) || json < min) {
    throw failure('ERR_INVALID_VALUE', path, `must be a whole number of at least ${min}, not ${show(json)}`)
  }
  return json
}

/** One of `choices`, in any case; the first when it is not given. */
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

/** Whether lists and objects lie within each other more than `levels` deep: what is deep enough cannot be written as JSON again. */
export function isNestedDeeper(json: unknown, levels: number): boolean {
  let layer = [json]
  for (let level = 0; level <= levels; level++) {
    layer = layer.flatMap(value => (typeof value === 'object' && value !== null ? Object.values(value) : []))
    if (layer.length === 0) return false
  }
  return true
}

/** A value as a message shows it. */
export function show(json: unknown): string {
  if (json === undefined) return 'nothing'
  if (Array.isArray(json)) return 'a list'
  if (typeof json === 'object' && json !== null) return 'an object'
  return typeof json === 'string' ? JSON.stringify(shorten(json)) : String(json)
}

function shorten(text: string): string {
  return text.length <= SHOWN_LETTERS ? text : `${text.slice(0, SHOWN_LETTERS).toWellFormed()}…`
}
