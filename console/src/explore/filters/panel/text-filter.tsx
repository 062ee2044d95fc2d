import type { Filter } from '../../../api/records.ts'
import { Checkbox, SelectField, TextField } from '../../../ui/field.tsx'
import { useExplore } from '../../explore-context.ts'
import type { TextCondition, TextType } from '../../view-state.ts'
import { findCondition, setCondition } from '../edit-filter.ts'
import { useDraft } from '../use-draft.ts'
import { FieldOptions } from './field-options.tsx'

export const TEXT_TYPE_LABELS: Readonly<Record<TextType, string>> = {
  match: 'has the words',
  match_phrase: 'has the phrase',
  match_phrase_prefix: 'has a phrase that begins',
  substring: 'contains the letters',
}

/** Words, a phrase, the beginning of one, or letters anywhere in a text. */
export function TextFilter({ filter }: { readonly filter: Filter }) {
  const { view, setView } = useExplore()
  const { key, display_name: name } = filter
  const condition: TextCondition = findCondition(view.filter, key, 'text') ?? {
    kind: 'text',
    key,
    type: 'match',
    value: '',
  }
  const draft = useDraft(condition.value, value => change({ value }, { replace: true }))

  function change(changes: Partial<TextCondition>, options?: { readonly replace: boolean }): void {
    const next = { ...condition, ...changes }
    const isDefault = next.value === '' && next.type === 'match' && !next.fuzzy && !next.not
    setView({ filter: setCondition(view.filter, key, 'text', isDefault ? null : next) }, options)
  }

  return (
    <>
      <SelectField
        label={`How ${name} is compared`}
        hideLabel
        value={condition.type}
        onChange={event => change({ type: event.target.value as TextType })}
      >
        {Object.entries(TEXT_TYPE_LABELS).map(([type, label]) => (
          <option key={type} value={type}>
            {label}
          </option>
        ))}
      </SelectField>
      <TextField
        label={`Text in ${name}`}
        hideLabel
        placeholder="Any text"
        value={draft.text}
        onChange={event => draft.change(event.target.value)}
        onBlur={draft.flush}
        onKeyDown={event => event.key === 'Enter' && draft.flush()}
      />
      <Checkbox
        checked={condition.type === 'match' && condition.fuzzy === true}
        disabled={condition.type !== 'match'}
        onChange={event => change({ fuzzy: event.target.checked })}
      >
        Allow typing errors
      </Checkbox>
      <FieldOptions filter={filter} not={condition.not === true} onNot={not => change({ not })} />
    </>
  )
}
