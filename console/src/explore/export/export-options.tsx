/** The options of a file besides its columns. */
import { Checkbox, SelectField, TextField } from '../../ui/field.tsx'
import styles from './export.module.css'
import type { ExportOptions as Options } from './export-query.ts'

export interface FileChoice extends Pick<Options, 'format' | 'bom' | 'lowerCase'> {
  /** As it was typed. */
  readonly limit: string
}

interface ExportOptionsProps {
  readonly choice: FileChoice
  readonly isLimitValid: boolean
  readonly onChange: (changes: Partial<FileChoice>) => void
}

export function ExportOptions({ choice, isLimitValid, onChange }: ExportOptionsProps) {
  const { format, bom, lowerCase, limit } = choice
  return (
    <div className={styles.options}>
      <SelectField
        label="Format"
        value={format}
        onChange={event => onChange({ format: event.target.value === 'csv' ? 'csv' : 'ndjson' })}
      >
        <option value="csv">CSV</option>
        <option value="ndjson">NDJSON (one JSON object per line)</option>
      </SelectField>
      <TextField
        label="Rows at most"
        inputMode="numeric"
        placeholder="All"
        value={limit}
        error={!isLimitValid && 'Enter a whole number above 0, or nothing for all rows.'}
        onChange={event => onChange({ limit: event.target.value })}
      />
      <SelectField
        label="Names and places"
        value={lowerCase ? 'lower' : 'original'}
        onChange={event => onChange({ lowerCase: event.target.value === 'lower' })}
      >
        <option value="original">As written</option>
        <option value="lower">In lower case</option>
      </SelectField>
      <Checkbox
        className={styles.bom}
        checked={bom && format === 'csv'}
        disabled={format !== 'csv'}
        onChange={event => onChange({ bom: event.target.checked })}
      >
        Open in Excel: keeps ü, ß and é readable
      </Checkbox>
    </div>
  )
}
