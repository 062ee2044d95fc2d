import type { Column } from './columns.ts'

/** Whether every word of the search is in the name of the column, as people or as the API write it. */
export function matches({ name, label }: Pick<Column, 'name' | 'label'>, search: string): boolean {
  const text = `${label} ${name}`.toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word))
}
