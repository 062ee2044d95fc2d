import { IconButton } from '../../../ui/button.tsx'
import { Checkbox, SelectField, TextField } from '../../../ui/field.tsx'
import { useExplore } from '../../explore-context.ts'
import type { FieldCondition } from '../edit-filter.ts'
import { groupFields, isDate, nameOf } from '../field-groups.ts'
import { RangeInputs } from '../panel/range-inputs.tsx'
import { TEXT_TYPE_LABELS } from '../panel/text-filter.tsx'
import styles from './advanced.module.css'
import { changeField, changeOperator, type Operator, operatorOf, operatorsFor } from './operators.ts'
import { ValuesInput } from './values-input.tsx'

const LABELS: Readonly<Record<Operator, string>> = {
  ...TEXT_TYPE_LABELS,
  values: 'is one of',
  range: 'is between',
  exists: 'has a value',
}

interface ConditionEditorProps {
  readonly condition: FieldCondition
  readonly onChange: (condition: FieldCondition) => void
  readonly onRemove: () => void
}

/** One condition in a row: the field, "not", what is asked of it, and of which value. */
export function ConditionEditor({ condition, onChange, onRemove }: ConditionEditorProps) {
  const { filters } = useExplore()
  const { key } = condition
  const name = nameOf(filters, key)
  const operator = operatorOf(condition)
  const operators = operatorsFor(key, filters.get(key))
  return (
    <div className={styles.condition}>
      <FieldSelect value={key} onChange={next => onChange(changeField(condition, next, filters.get(next)))} />
      <SelectField
        label={`Whether ${name} is or is not`}
        hideLabel
        value={condition.not ? 'not' : 'is'}
        onChange={event => onChange(withNot(condition, event.target.value === 'not'))}
      >
        <option value="is">is</option>
        <option value="not">is not</option>
      </SelectField>
      <SelectField
        label={`How ${name} is compared`}
        hideLabel
        value={operator}
        onChange={event => onChange(changeOperator(condition, event.target.value as Operator))}
      >
        {/* VQL may ask what the panel would not. */}
        {[...new Set([...operators, operator])].map(one => (
          <option key={one} value={one}>
            {LABELS[one]}
          </option>
        ))}
      </SelectField>
      <div className={styles.value}>
        <ValueEditor condition={condition} name={name} onChange={onChange} />
      </div>
      <IconButton icon="trash" label={`Remove the condition on ${name}`} onClick={onRemove} />
    </div>
  )
}

function FieldSelect({ value, onChange }: { readonly value: string; readonly onChange: (key: string) => void }) {
  const { view, filters } = useExplore()
  const groups = groupFields(view.service, [...filters.values()])
  return (
    <SelectField label="Field" hideLabel value={value} onChange={event => onChange(event.target.value)}>
      {!filters.has(value) && <option value={value}>{nameOf(filters, value)}</option>}
      {groups.map(({ title, main, more }) => (
        <optgroup key={title} label={title}>
          {[...main, ...more].map(({ key, display_name }) => (
            <option key={key} value={key}>
              {display_name}
            </option>
          ))}
        </optgroup>
      ))}
    </SelectField>
  )
}

interface ValueEditorProps {
  readonly condition: FieldCondition
  readonly name: string
  readonly onChange: (condition: FieldCondition) => void
}

function ValueEditor({ condition, name, onChange }: ValueEditorProps) {
  const { filters } = useExplore()
  switch (condition.kind) {
    case 'values':
      return (
        <ValuesInput
          filterKey={condition.key}
          name={name}
          values={condition.values}
          onChange={values => onChange({ ...condition, values })}
        />
      )
    case 'range': {
      const filter = filters.get(condition.key)
      return (
        <RangeInputs
          name={name}
          condition={condition}
          isDate={filter !== undefined && isDate(filter)}
          onChange={onChange}
        />
      )
    }
    case 'text':
      return (
        <>
          <TextField
            label={`Text in ${name}`}
            hideLabel
            placeholder="Text"
            value={condition.value}
            onChange={event => onChange({ ...condition, value: event.target.value })}
          />
          {condition.type === 'match' && (
            <Checkbox
              checked={condition.fuzzy === true}
              onChange={event => onChange({ ...condition, fuzzy: event.target.checked })}
            >
              Allow typing errors
            </Checkbox>
          )}
        </>
      )
    case 'exists':
      return null
  }
}

function withNot(condition: FieldCondition, not: boolean): FieldCondition {
  const { not: _, ...rest } = condition
  return not ? { ...rest, not } : rest
}
