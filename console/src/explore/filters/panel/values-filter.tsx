/** The most frequent values of a field in what the list finds, to tick. */
import { type ClipboardEvent, useRef, useState } from 'react'
import type { Filter } from '../../../api/records.ts'
import { Checkbox, TextField } from '../../../ui/field.tsx'
import { useExplore } from '../../explore-context.ts'
import type { ValuesCondition } from '../../view-state.ts'
import { describeItem } from '../describe.ts'
import { type FieldCondition, findCondition, setCondition } from '../edit-filter.ts'
import { joinValues, splitLines } from '../paste-values.ts'
import { reportExcess } from '../report-excess.ts'
import { useNames } from '../use-names.ts'
import { FieldOptions } from './field-options.tsx'
import { ValueList } from './value-list.tsx'

export function ValuesFilter({ filter }: { readonly filter: Filter }) {
  const { view, setView } = useExplore()
  const { key, display_name: name } = filter
  const [text, setText] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const condition: ValuesCondition = findCondition(view.filter, key, 'values') ?? { kind: 'values', key, values: [] }

  function change(changes: Partial<ValuesCondition>): void {
    const next = { ...condition, ...changes }
    replace('values', next.values.length === 0 && !next.not ? null : next)
  }

  function replace(kind: FieldCondition['kind'], next: FieldCondition | null): void {
    setView({ filter: setCondition(view.filter, key, kind, next) })
  }

  function onPaste(event: ClipboardEvent): void {
    const lines = splitLines(event.clipboardData.getData('text'))
    if (lines.length < 2) return
    event.preventDefault()
    const { values, excess } = joinValues(condition.values, lines)
    change({ values })
    reportExcess(excess)
  }

  return (
    <>
      <TextField
        ref={input}
        label={`Find a value of ${name}`}
        hideLabel
        type="search"
        icon="search"
        placeholder="Find a value, or paste a list"
        value={text}
        onChange={event => setText(event.target.value)}
        onPaste={onPaste}
      />
      <ContainsOption
        filter={filter}
        text={text.trim()}
        onChange={next => {
          replace('text', next)
          setText('')
          // The pressed checkbox goes.
          input.current?.focus()
        }}
      />
      <ValueList filter={filter} text={text.trim()} chosen={condition.values} onChange={values => change({ values })} />
      <FieldOptions filter={filter} not={condition.not === true} onNot={not => change({ not })} />
    </>
  )
}

interface ContainsOptionProps {
  readonly filter: Filter
  readonly text: string
  readonly onChange: (condition: FieldCondition | null) => void
}

/** All values with a text in them, as for the e-mail addresses of a domain. */
function ContainsOption({ filter, text, onChange }: ContainsOptionProps) {
  const { view } = useExplore()
  const names = useNames()
  const { key } = filter
  const condition = findCondition(view.filter, key, 'text')
  if (condition !== undefined)
    return (
      <Checkbox checked onChange={() => onChange(null)}>
        {describeItem(condition, names)}
      </Checkbox>
    )
  if (text === '') return null
  return (
    <Checkbox checked={false} onChange={() => onChange({ kind: 'text', key, type: 'substring', value: text })}>
      Every value that contains “{text}”
    </Checkbox>
  )
}
