/** Combines several writes of one record. */

import { findField, type Service } from '../../fields.ts'
import type { RecordWrite, Value } from '../record.ts'
import { areSameButCase, keepsSpelling } from '../values/case.ts'
import { ownDomain } from '../values/domain.ts'

/** Returns one write per record. Later writes override earlier ones, field by field. */
export function foldDuplicates(service: Service, writes: readonly RecordWrite[]): RecordWrite[] {
  const folded = new Map<string, RecordWrite>()
  for (const write of writes) {
    const earlier = folded.get(write.uuid)
    folded.set(write.uuid, earlier === undefined ? write : fold(service, earlier, write))
  }
  return Array.from(folded.values(), withoutIdleEmailDomain)
}

export function fold(service: Service, earlier: RecordWrite, later: RecordWrite): RecordWrite {
  const values: { [field: string]: Value | null | undefined } = { ...earlier.values }
  const replaces = new Set([...(earlier.replaces ?? []), ...(later.replaces ?? [])])
  for (const field in later.values) {
    const value = later.values[field]
    if (value === undefined) continue
    const before = values[field]
    if (typeof value === 'string' && before !== undefined && findField(service, field)?.answered === 'lower') {
      if (before === null || !areSameButCase(before as string, value)) replaces.add(field)
      else if (!later.replaces?.includes(field) && keepsSpelling(before as string, value)) continue
    }
    values[field] = value
  }
  const emailDomain = earlier.emailDomain ?? later.emailDomain
  return {
    uuid: later.uuid,
    values,
    ...(replaces.size === 0 ? {} : { replaces: [...replaces] }),
    ...(emailDomain === undefined ? {} : { emailDomain }),
  }
}

/** Whether folding changed anything in `earlier`. */
export function isChangedBy(earlier: RecordWrite, later: RecordWrite): boolean {
  if (earlier.emailDomain === undefined && later.emailDomain !== undefined) return true
  for (const field in later.values) {
    const value = later.values[field]
    if (value !== undefined && !isSame(value, earlier.values[field])) return true
  }
  return false
}

function isSame(value: Value | null, other: Value | null | undefined): boolean {
  if (typeof value !== 'object' || value === null) return value === other
  if (typeof other !== 'object' || other === null || other.length !== value.length) return false
  return value.every((item, place) => item === other[place])
}

/** Drops the e-mail's domain if the company has a domain of its own, which takes precedence. */
export function withoutIdleEmailDomain(write: RecordWrite): RecordWrite {
  if (write.emailDomain === undefined) return write
  if (ownDomain(write.values) === null) return write
  const { uuid, values, replaces } = write
  return { uuid, values, ...(replaces === undefined ? {} : { replaces }) }
}
