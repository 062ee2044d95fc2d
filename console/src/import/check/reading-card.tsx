/** How a file is read: what was detected, and what a person may set instead. */
import type { Service } from '../../api/records.ts'
import { Facts } from '../../ui/data/facts.tsx'
import { SelectField } from '../../ui/field.tsx'
import { formatBytes, formatNumber } from '../../ui/format.ts'
import { Card } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { delimiterName, ENCODINGS, KIND_WORDS, type Preview } from '../columns/preview.ts'
import type { ImportItem } from '../items/import-items.ts'
import { updateItem } from '../items/import-store.ts'
import styles from './check-step.module.css'

export function ReadingCard({ item, preview }: { readonly item: ImportItem; readonly preview: Preview | undefined }) {
  const { id, service, encoding } = item
  const encodings: readonly string[] =
    encoding === null || ENCODINGS.some(one => one === encoding) ? ENCODINGS : [encoding, ...ENCODINGS]
  return (
    <Card title="How the file is read">
      <Facts
        items={[
          { label: 'Contains', value: preview ? KIND_WORDS[preview.kind] : <Skeleton /> },
          { label: 'Columns', value: preview ? describeColumns(preview) : <Skeleton /> },
          { label: 'Separated by', value: preview ? delimiterName(preview.delimiter) : <Skeleton /> },
          { label: 'Headers in line', value: preview ? formatNumber(preview.header_line) : <Skeleton /> },
          { label: 'Size', value: describeSize(item, preview) },
        ]}
      />
      {preview?.form === 'export' && (
        <p className="muted">This file was exported from Connectra. Its rows update the same records.</p>
      )}
      <div className={styles.fields}>
        <SelectField
          label="The rows are"
          value={service ?? ''}
          onChange={event => updateItem(id, { service: (event.target.value || null) as Service | null })}
        >
          <option value="">Detect from headers</option>
          <option value="contact">Contacts</option>
          <option value="company">Companies</option>
        </SelectField>
        <SelectField
          label="Encoding"
          hint="Change it if letters with accents look wrong below."
          value={encoding ?? ''}
          onChange={event => updateItem(id, { encoding: event.target.value || null })}
        >
          <option value="">{preview && encoding === null ? `Detected: ${preview.encoding}` : 'Detected'}</option>
          {encodings.map(one => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </SelectField>
      </div>
    </Card>
  )
}

function describeColumns({ columns, columns_total }: Preview): string {
  const read = columns.filter(({ key }) => key !== null).length
  return `${formatNumber(read)} read of ${formatNumber(columns_total)}`
}

function describeSize({ size }: ImportItem, preview: Preview | undefined): string {
  const compression = preview?.compression ?? null
  return compression === null ? formatBytes(size) : `${formatBytes(size)} (${compression})`
}
