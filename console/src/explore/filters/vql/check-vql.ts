/** Reads what someone typed as VQL. */
import type { Where } from '../../../api/records.ts'
import { type JsonNode, JsonProblem, readJsonTree } from './json-tree.ts'

export type CheckedVql =
  | { readonly ok: true; readonly where: Where; readonly tree: JsonNode | null }
  | { readonly ok: false; readonly message: string; readonly offset: number }

/** Nothing at all is a query for everything. What the server thinks of it is another question. */
export function checkVql(text: string): CheckedVql {
  if (text.trim() === '') return { ok: true, where: {}, tree: null }
  try {
    const tree = readJsonTree(text)
    if (tree.members === undefined)
      return { ok: false, message: 'A query is an object in { and }.', offset: tree.start }
    return { ok: true, where: JSON.parse(text) as Where, tree }
  } catch (error) {
    const offset = error instanceof JsonProblem ? error.offset : 0
    return { ok: false, message: (error as Error).message, offset }
  }
}
