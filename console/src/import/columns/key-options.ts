/** What a column can be read as, as a list to choose from. */
import type { Column } from './columns.ts'
import { labelOf, searchTargets, type Target, type TargetKey } from './targets.ts'

export interface Option {
  readonly id: string
  readonly label: string
  /** What it is, in fewer words than the documentation. */
  readonly note?: string
  /** As for `withChoice`. */
  readonly choice: TargetKey | null | undefined
}

interface OptionGroup {
  readonly title: string
  readonly options: readonly Option[]
}

/** `isExport`: the file was written by Connectra. A key would have it read as the file of another tool, without its UUIDs. */
export function groupOptions(column: Column, text: string, isExport: boolean): readonly OptionGroup[] {
  const found = isExport ? [] : searchTargets(text)
  const candidates = found.filter(({ key }) => column.candidates.includes(key))
  const groups = [
    { title: 'In general', options: generalOptions(column, text) },
    { title: 'The header may mean', options: candidates.map(asOption) },
    { title: 'Contact', options: found.filter(({ service }) => service === 'contact').map(asOption) },
    { title: 'Company', options: found.filter(({ service }) => service === 'company').map(asOption) },
  ]
  const shown = groups.filter(({ options }) => options.length > 0)
  // The same key is in two groups when its header is ambiguous.
  return shown.map(({ title, options }) => ({
    title,
    options: options.map(option => ({ ...option, id: `${title} ${option.id}` })),
  }))
}

function generalOptions({ choice, key }: Column, text: string): readonly Option[] {
  const options: Option[] = [{ id: 'ignore', label: 'Ignore this column', choice: null }]
  if (choice !== undefined)
    options.unshift({ id: 'automatic', label: 'Automatic', note: 'As Connectra reads it', choice: undefined })
  const wanted = text.trim().toLowerCase()
  return options.filter(option => {
    const isCurrent = option.id === 'ignore' && choice === null && key === null
    return wanted === '' ? !isCurrent : option.label.toLowerCase().startsWith(wanted)
  })
}

function asOption(target: Target): Option {
  const note = target.field === null ? 'Split into its parts' : undefined
  return { id: target.key, label: target.label, choice: target.key as TargetKey, ...(note !== undefined && { note }) }
}

/** What a column is read as, for a button. */
export function describeKey({ key, state }: Column): string {
  if (state === 'unclear') return 'Choose…'
  if (state === 'unknown') return 'Not recognised'
  return key === null ? 'Ignored' : labelOf(key)
}
