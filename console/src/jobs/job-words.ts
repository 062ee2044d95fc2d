/** What a job was asked to do, in words. */

import { TITLES } from '../api/services.ts'
import { isTargetKey, labelOf } from '../import/columns/targets.ts'
import { formatNumber } from '../ui/format.ts'
import { type Job, nameOfKey } from './job/job.ts'

export interface Asked {
  readonly pairs: readonly (readonly [name: string, value: string])[]
  /** Header and what it is read as. */
  readonly mapping: readonly (readonly [header: string, meaning: string])[]
  /** The query of an export, without what the pairs say. */
  readonly query: object | null
}

export function describeAsked({ job_type, data }: Pick<Job, 'job_type' | 'data'>): Asked {
  return job_type === 'insert_csv_file' ? describeImport(data) : describeExport(data)
}

function describeImport({ s3_key, service, encoding, mapping }: Job['data']): Asked {
  const pairs: [string, string][] = []
  if (typeof s3_key === 'string') pairs.push(['File', nameOfKey(s3_key)])
  pairs.push(['Rows are', service === 'contact' || service === 'company' ? TITLES[service] : 'Detected from headers'])
  pairs.push(['Encoding', typeof encoding === 'string' ? encoding : 'Detected'])
  const entries = typeof mapping === 'object' && mapping !== null ? Object.entries(mapping) : []
  return {
    pairs,
    mapping: entries.map(([header, key]) => [
      header.trim() || 'No header',
      isTargetKey(key) ? labelOf(key) : key === null ? 'Ignored' : String(key),
    ]),
    query: null,
  }
}

function describeExport({ service, format, gzip, bom, vql }: Job['data']): Asked {
  const pairs: [string, string][] = [['Records', TITLES[service === 'company' ? 'company' : 'contact']]]
  const kind = format === 'ndjson' ? 'One JSON object per line' : 'CSV'
  const more = [bom === true && 'with a byte order mark for Excel', gzip === true && 'compressed with gzip'].filter(
    part => part !== false,
  )
  pairs.push(['Format', [kind, ...more].join(', ')])
  // In a list, large queries are left out.
  if (typeof vql !== 'object' || vql === null) return { pairs, mapping: [], query: null }
  const { select_columns, limit, case: spelling, ...query } = vql as Record<string, unknown>
  if (Array.isArray(select_columns)) pairs.push(['Columns', select_columns.join(', ')])
  pairs.push(['Rows', typeof limit === 'number' && limit > 0 ? `The first ${formatNumber(limit)}` : 'All that match'])
  if (spelling === 'lower') pairs.push(['Names', 'In lower case'])
  return { pairs, mapping: [], query: Object.keys(query).length === 0 ? null : query }
}
