/**
 * A file of people repeats their companies. What it said of a company last is remembered, as 53 bits of a hash, so that a
 * repeat need not go to the database.
 */
import type { RecordWrite, Value } from '../records/record.ts'

/** About 20 MB; then it forgets, which costs nothing but time. */
const REMEMBERED = 200_000

/** Returns whether `write` says the same of its record as the write before it did. */
export function createRepeatFilter(): (write: RecordWrite) => boolean {
  const last = new Map<string, number>()
  return write => {
    const said = hashWrite(write)
    if (last.get(write.uuid) === said) return true
    if (last.size >= REMEMBERED) last.clear()
    last.set(write.uuid, said)
    return false
  }
}

/** cyrb53, by bryc (public domain), over the names and values of the fields. */
function hashWrite({ values, emailDomain }: RecordWrite): number {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  const mix = (code: number) => {
    high = Math.imul(high ^ code, 2654435761)
    low = Math.imul(low ^ code, 1597334677)
  }
  const mixText = (text: string) => {
    for (let i = 0; i < text.length; i++) mix(text.charCodeAt(i))
    mix(SEPARATOR)
  }
  const mixValue = (value: Value | null) => {
    if (typeof value === 'string') mixText(value)
    else if (value === null || typeof value === 'number') mixText(String(value))
    else for (const item of value) mixText(item)
  }
  for (const field in values) {
    mixText(field)
    mixValue(values[field]!)
  }
  if (emailDomain !== undefined && values.website === undefined && values.normalized_domain === undefined)
    mixText(`@${emailDomain}`)
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return 4294967296 * (2097151 & low) + (high >>> 0)
}

/** No code unit of a text. */
const SEPARATOR = 0x10000
