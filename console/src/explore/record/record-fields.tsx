/** All fields of a record. Those without a value are shown when they are asked for. */
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useId, useMemo } from 'react'
import type { RecordRow, Service } from '../../api/records.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, cellValue, listColumns, nameOf } from '../columns/columns.ts'
import { parseText } from '../columns/format-value.ts'
import { useExplore } from '../explore-context.ts'
import { groupFields, isEmpty } from './field-groups.ts'
import { FieldRow } from './field-row.tsx'
import styles from './record.module.css'
import { saveEdit } from './save-edit.ts'
import { fieldKey, useUndos } from './undos.ts'

export interface RecordFieldsProps {
  readonly service: Service
  readonly record: RecordRow
  readonly showsEmpty: boolean
  readonly onShowEmpty: (shows: boolean) => void
  /** Before the last group, which only few people need. */
  readonly children?: ReactNode
}

export function RecordFields({ service, record, showsEmpty, onShowEmpty, children }: RecordFieldsProps) {
  const { filters } = useExplore()
  const queryClient = useQueryClient()
  const columns = useMemo(() => listColumns(service, filters), [service, filters])
  const groups = groupFields(service, columns, record)
  const undos = useUndos()
  const empty = groups.flatMap(({ fields }) => fields).filter(field => isEmpty(record, field)).length

  function save(column: Column, text: string) {
    const change = { before: cellValue(record, column), after: parseText(text, column.kind) }
    const { field, label, kind } = column
    const { uuid } = record
    void saveEdit(queryClient, { service, uuid, name: nameOf(service, record), field, label, kind, ...change })
  }

  const undoOf = ({ field }: Column) => undos.get(fieldKey({ service, uuid: record.uuid, field }))

  const drawn = groups.map(({ title, fields }) => {
    // A field that was just cleared stays while that can be undone.
    const shown = fields.filter(field => showsEmpty || !isEmpty(record, field) || undoOf(field))
    if (shown.length === 0) return null
    return (
      <FieldGroup key={title} title={title}>
        {shown.map(column => (
          <FieldRow
            key={column.name}
            column={column}
            value={cellValue(record, column)}
            undo={undoOf(column)}
            onSave={text => save(column, text)}
          />
        ))}
      </FieldGroup>
    )
  })
  return (
    <>
      {drawn.slice(0, -1)}
      {empty > 0 && (
        <div>
          <Button
            size="small"
            variant="quiet"
            aria-expanded={showsEmpty}
            icon={showsEmpty ? 'minus' : 'plus'}
            onClick={() => onShowEmpty(!showsEmpty)}
          >
            {showsEmpty ? 'Hide empty fields' : `Show ${empty} empty ${empty === 1 ? 'field' : 'fields'}`}
          </Button>
        </div>
      )}
      {children}
      {drawn.at(-1)}
    </>
  )
}

export function FieldGroup({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId()
  return (
    <section className={styles.group} aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <dl className={styles.fields}>{children}</dl>
    </section>
  )
}
