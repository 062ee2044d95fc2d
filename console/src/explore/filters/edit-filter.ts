/** Changes of a filter. All return a new one. */
import type { Condition, Group, Item } from '../view-state.ts'
import { isComplete } from './where.ts'

/** Conditions on a field. */
export type FieldCondition = Exclude<Condition, { readonly kind: 'vql' }>
type Kind = FieldCondition['kind']

/** The first condition of this kind on the field that is not within a group: the one that the filter panel shows. */
export function findCondition<K extends Kind>(
  filter: Group,
  key: string,
  kind: K,
): Extract<FieldCondition, { readonly kind: K }> | undefined {
  return filter.items.find(item => isOn(item, key) && item.kind === kind) as
    | Extract<FieldCondition, { readonly kind: K }>
    | undefined
}

/** How many conditions on the field are in force and not within a group. */
export function countConditions(filter: Group, key: string): number {
  return filter.items.filter(item => isOn(item, key) && isComplete(item)).length
}

/** Puts `condition` in the place of the one that `findCondition` finds, or at the end. Null removes it. */
export function setCondition(filter: Group, key: string, kind: Kind, condition: FieldCondition | null): Group {
  const place = filter.items.findIndex(item => isOn(item, key) && item.kind === kind)
  if (place < 0) return condition === null ? filter : { ...filter, items: [...filter.items, condition] }
  return condition === null ? removeItem(filter, [place]) : changeItem(filter, [place], () => condition)
}

/** Without the conditions on the field that are not within a group. */
export function withoutKey(filter: Group, key: string): Group {
  return { ...filter, items: filter.items.filter(item => !isOn(item, key)) }
}

function isOn(item: Item, key: string): item is FieldCondition {
  return item.kind !== 'group' && item.kind !== 'vql' && item.key === key
}

/** The place of an item in the tree: its place in each group, from the top. */
export type Path = readonly number[]

export function changeItem(group: Group, path: Path, change: (item: Item) => Item): Group {
  const [place, ...rest] = path
  if (place === undefined) return change(group) as Group
  return {
    ...group,
    items: group.items.map((item, index) => (index === place ? changeBelow(item, rest, change) : item)),
  }
}

function changeBelow(item: Item, path: Path, change: (item: Item) => Item): Item {
  if (path.length === 0) return change(item)
  return item.kind === 'group' ? changeItem(item, path, change) : item
}

export function removeItem(group: Group, path: Path): Group {
  return changeGroup(group, path.slice(0, -1), items => items.filter((_, index) => index !== path.at(-1)))
}

/** Adds an item at the end of the group at `path`. */
export function addItem(group: Group, path: Path, item: Item): Group {
  return changeGroup(group, path, items => [...items, item])
}

function changeGroup(group: Group, path: Path, change: (items: readonly Item[]) => readonly Item[]): Group {
  return changeItem(group, path, item => (item.kind === 'group' ? { ...item, items: change(item.items) } : item))
}

/** Without conditions that are not complete and without groups that have no others. */
export function removeIncomplete(group: Group): Group {
  const items = group.items.filter(isComplete).map(item => (item.kind === 'group' ? removeIncomplete(item) : item))
  return { ...group, items }
}
