/** `must` and `must_not`, the two groups of every part of a `where`. */
import { readObject } from '../json/read.ts'

export interface Groups {
  readonly must: unknown
  readonly mustNot: unknown
}

export function readGroups(json: unknown, path: string): Groups {
  const groups = readObject(json, path, ['must', 'must_not'])
  return { must: groups.get('must'), mustNot: groups.get('must_not') }
}
