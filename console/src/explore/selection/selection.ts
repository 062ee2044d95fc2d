/** Which records are selected: some rows, or everything that a query finds but for some rows. */
import type { Where } from '../../api/records.ts'

export type Selection =
  | { readonly kind: 'rows'; readonly uuids: ReadonlySet<string> }
  | { readonly kind: 'all'; readonly except: ReadonlySet<string> }

export const NO_SELECTION: Selection = { kind: 'rows', uuids: new Set() }
export const ALL_SELECTED: Selection = { kind: 'all', except: new Set() }

/** A query takes no more values. */
export const MAX_ROWS_SELECTED = 10_000

export function isNothing(selection: Selection): boolean {
  return selection.kind === 'rows' && selection.uuids.size === 0
}

export function isSelected(selection: Selection, uuid: string): boolean {
  return selection.kind === 'all' ? !selection.except.has(uuid) : selection.uuids.has(uuid)
}

/** Selects the rows, or unselects them. */
export function selectRows(selection: Selection, uuids: readonly string[], selected: boolean): Selection {
  const listed = new Set(selection.kind === 'all' ? selection.except : selection.uuids)
  // In a selection of everything the exceptions are listed.
  const isListed = (selection.kind === 'rows') === selected
  for (const uuid of uuids) isListed ? listed.add(uuid) : listed.delete(uuid)
  return selection.kind === 'all' ? { kind: 'all', except: listed } : { kind: 'rows', uuids: listed }
}

/** `total`: of the query. */
export function countSelected(selection: Selection, total: number): number {
  return selection.kind === 'all' ? Math.max(0, total - selection.except.size) : selection.uuids.size
}

/** The query that finds the selected records. */
export function whereSelected(selection: Selection, where: Where): Where {
  if (selection.kind === 'rows') return { keyword_match: { must: { uuid: [...selection.uuids] } } }
  if (selection.except.size === 0) return where
  return { and: [where, { keyword_match: { must_not: { uuid: [...selection.except] } } }] }
}
