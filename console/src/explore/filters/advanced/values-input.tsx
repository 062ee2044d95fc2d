/** Several values as tokens. Enter takes what was typed, Backspace removes the last one, a pasted list gives a token each. */
import { useId, useRef, useState } from 'react'
import { useDebounced } from '../../../shell/use-debounced.ts'
import { IconButton } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/field.tsx'
import { formatNumber } from '../../../ui/format.ts'
import { joinValues, splitLines } from '../paste-values.ts'
import { reportExcess } from '../report-excess.ts'
import { useValues } from '../use-results.ts'
import { nameOfValue } from '../value-names.ts'
import styles from './advanced.module.css'

interface ValuesInputProps {
  readonly filterKey: string
  readonly name: string
  readonly values: readonly string[]
  readonly onChange: (values: readonly string[]) => void
}

const SUGGESTIONS = 20
const SHOWN_TOKENS = 50

export function ValuesInput({ filterKey, name, values, onChange }: ValuesInputProps) {
  const [text, setText] = useState('')
  const listId = useId()
  const input = useRef<HTMLInputElement>(null)
  const { data: suggestions = [] } = useValues(filterKey, useDebounced(text.trim()), SUGGESTIONS)

  function add(more: readonly string[]): void {
    const joined = joinValues(values, more)
    onChange(joined.values)
    reportExcess(joined.excess)
    setText('')
  }

  function remove(value: string): void {
    onChange(values.filter(one => one !== value))
    // The pressed button goes.
    input.current?.focus()
  }

  function addTyped(): void {
    const typed = text.trim()
    // A suggestion is shown by its name, and people type what they see.
    const suggested = suggestions.find(({ display_value }) => display_value.toLowerCase() === typed.toLowerCase())
    if (typed !== '') add([suggested?.value ?? typed])
  }

  return (
    <>
      {values.length > 0 && (
        <ul className={styles.tokens} aria-label={`Values of ${name}`}>
          {values.slice(0, SHOWN_TOKENS).map(value => {
            const shown = nameOfValue(filterKey, value) || '(empty)'
            return (
              <li key={value} className={styles.token}>
                <span title={shown}>{shown}</span>
                <IconButton size="small" icon="close" label={`Remove ${shown}`} onClick={() => remove(value)} />
              </li>
            )
          })}
          {values.length > SHOWN_TOKENS && (
            <li className="muted">and {formatNumber(values.length - SHOWN_TOKENS)} more</li>
          )}
        </ul>
      )}
      <TextField
        ref={input}
        label={`Add a value of ${name}`}
        hideLabel
        placeholder="Add a value"
        list={listId}
        value={text}
        onChange={event => setText(event.target.value)}
        onBlur={addTyped}
        onKeyDown={event => {
          if (event.key === 'Enter') addTyped()
          if (event.key === 'Backspace' && text === '') onChange(values.slice(0, -1))
        }}
        onPaste={event => {
          const lines = splitLines(event.clipboardData.getData('text'))
          if (lines.length < 2) return
          event.preventDefault()
          add(lines)
        }}
      />
      <datalist id={listId}>
        {suggestions.map(({ value, display_value, count }) => (
          <option key={value} value={display_value}>
            {formatNumber(count)}
          </option>
        ))}
      </datalist>
    </>
  )
}
