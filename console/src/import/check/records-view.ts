/** The first rows of a file as the records that they would become: columns, warnings at their cells, counts. */
import type { Service } from '../../api/records.ts'
import type { Preview, PreviewRow, PreviewWarning } from '../columns/preview.ts'
import { fieldLabel, TARGETS, type Target, targetOf } from '../columns/targets.ts'
import type { EffectCounts, ImportCounts } from '../report/report-words.ts'

export interface RecordColumn {
  readonly service: Service
  readonly field: string
  readonly label: string
}

const SERVICES = ['contact', 'company'] as const

/** The fields that some row has a value or a warning in, in the usual order. */
export function recordColumns(preview: Preview): RecordColumn[] {
  return SERVICES.flatMap(service => {
    const used = new Set<string>()
    for (const row of preview.rows) {
      for (const [field, value] of Object.entries(row[service]?.values ?? {}))
        if (isShown(row, field, value)) used.add(field)
      for (const warning of row.warnings) {
        const place = placeOf(warning, preview)
        if (place?.service === service) used.add(place.field)
      }
    }
    const usual = TARGETS.flatMap((target: Target) =>
      target.service === service && target.field !== null ? [target.field] : [],
    )
    const ordered = [...usual.filter(field => used.has(field)), ...[...used].filter(field => !usual.includes(field))]
    return ordered.map(field => ({ service, field, label: fieldLabel(service, field) }))
  })
}

/** Values that follow from others say nothing new. */
function isShown(row: PreviewRow, field: string, value: unknown): boolean {
  if (value === null || field === 'country_code') return false
  return field !== 'company_id' || value !== row.company?.uuid
}

interface CellPlace {
  readonly service: Service
  readonly field: string
}

/** A part of a name or a place is shown at the first of its fields. */
const SPLIT: Readonly<Record<string, CellPlace>> = {
  full_name: { service: 'contact', field: 'first_name' },
  location: { service: 'contact', field: 'city' },
  company_location: { service: 'company', field: 'city' },
}

/** The cell of a warning; null for one about the whole row. */
function placeOf({ field }: PreviewWarning, { form, kind }: Preview): CellPlace | null {
  if (field === null) return null
  if (form === 'export') return { service: kind === 'company' ? 'company' : 'contact', field }
  const target = targetOf(field)
  if (target === undefined) return null
  return target.field === null ? (SPLIT[target.key] ?? null) : { service: target.service, field: target.field }
}

interface RowWarnings {
  readonly row: readonly PreviewWarning[]
  /** By `cellId`. */
  readonly cells: ReadonlyMap<string, readonly PreviewWarning[]>
}

export function cellId({ service, field }: CellPlace): string {
  return `${service} ${field}`
}

export function placeWarnings(row: PreviewRow, preview: Preview): RowWarnings {
  const cells = new Map<string, readonly PreviewWarning[]>()
  const whole: PreviewWarning[] = []
  for (const warning of row.warnings) {
    const place = placeOf(warning, preview)
    if (place === null) whole.push(warning)
    else cells.set(cellId(place), [...(cells.get(cellId(place)) ?? []), warning])
  }
  return { row: whole, cells }
}

/** Counts records, not rows: several rows may be about one company. */
export function countPreview({ rows }: Pick<Preview, 'rows'>): ImportCounts {
  const count = (becomes: PreviewRow['becomes']) => rows.filter(row => row.becomes === becomes).length
  return {
    rows: {
      read: rows.length,
      stored: count('stored'),
      warned: rows.filter(row => row.warnings.length > 0).length,
      rejected: count('rejected'),
      empty: count('empty'),
    },
    contacts: countEffects(rows, 'contact'),
    companies: countEffects(rows, 'company'),
  }
}

function countEffects(rows: readonly PreviewRow[], service: Service): EffectCounts {
  const effects = new Map<string, keyof EffectCounts>()
  for (const row of rows) if (row[service]) effects.set(row[service].uuid, row[service].effect)
  const counts = { created: 0, updated: 0, unchanged: 0 }
  for (const effect of effects.values()) counts[effect]++
  return counts
}
