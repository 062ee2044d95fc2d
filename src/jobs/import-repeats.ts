/**
 * A file of people repeats their companies. What it said of a company last is remembered, as 53 bits of a hash, so that a
 * repeat need not go to the database.
 */
import type { RecordWrite } from '../records/record.ts'

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

/** cyrb53, by bryc (public domain), over what the fields say, in their order. */
function hashWrite({ values, emailDomain }: RecordWrite): number {
  hash[0] = 0xdeadbeef
  hash[1] = 0x41c6ce57
  for (const field in values) {
    const value = values[field]!
    mix(field)
    if (typeof value === 'string') mix(value)
    else if (value === null || typeof value === 'number') mix(String(value))
    else for (const item of value) mix(item)
  }
  if (emailDomain !== undefined && values.website === undefined && values.normalized_domain === undefined)
    mix(emailDomain)
  const high = Math.imul(hash[0]! ^ (hash[0]! >>> 16), 2246822507) ^ Math.imul(hash[1]! ^ (hash[1]! >>> 13), 3266489909)
  const low = Math.imul(hash[1]! ^ (hash[1]! >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return 4294967296 * (2097151 & low) + (high >>> 0)
}

const hash = new Int32Array(2)

function mix(text: string): void {
  let high = hash[0]!
  let low = hash[1]!
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    high = Math.imul(high ^ code, 2654435761)
    low = Math.imul(low ^ code, 1597334677)
  }
  // No code unit of a text: `ab`, `c` is not `a`, `bc`.
  hash[0] = Math.imul(high ^ 0x10000, 2654435761)
  hash[1] = Math.imul(low ^ 0x10000, 1597334677)
}
