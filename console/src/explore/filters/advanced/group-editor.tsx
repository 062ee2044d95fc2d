import { useRef } from 'react'
import { Button, IconButton } from '../../../ui/button.tsx'
import { SelectField } from '../../../ui/field.tsx'
import { useExplore } from '../../explore-context.ts'
import type { Group, GroupOp, Item } from '../../view-state.ts'
import type { Path } from '../edit-filter.ts'
import { groupFields } from '../field-groups.ts'
import styles from './advanced.module.css'
import { ConditionEditor } from './condition-editor.tsx'
import { newCondition, operatorsFor } from './operators.ts'
import { VqlEditor } from './vql-editor.tsx'

/** Changes of the tree. Paths begin at its top. */
interface TreeEdit {
  readonly change: (path: Path, change: (item: Item) => Item) => void
  readonly add: (path: Path, item: Item) => void
  readonly remove: (path: Path) => void
}

interface GroupEditorProps {
  readonly group: Group
  readonly path: Path
  readonly edit: TreeEdit
  /** Absent at the top. */
  readonly onRemove?: () => void
}

const OPS: Readonly<Record<GroupOp, string>> = {
  all: 'All of these hold',
  any: 'Any of these holds',
  none: 'None of these holds',
}

export function GroupEditor({ group, path, edit, onRemove }: GroupEditorProps) {
  const { view, filters } = useExplore()
  const box = useRef<HTMLFieldSetElement>(null)
  const [first] = groupFields(view.service, [...filters.values()]).flatMap(({ main }) => main)

  function addCondition(): void {
    const key = first?.key ?? 'uuid'
    edit.add(path, newCondition(key, operatorsFor(key, first)[0]!))
  }

  // The pressed button goes with its row. The focus stays in the group.
  function remove(place: Path): void {
    edit.remove(place)
    box.current?.focus()
  }

  return (
    <fieldset className={styles.group} ref={box} tabIndex={-1}>
      <legend className="visually-hidden">Group: {OPS[group.op]}</legend>
      <div className={styles.head}>
        <SelectField
          label="How the conditions of this group combine"
          hideLabel
          value={group.op}
          onChange={event => edit.change(path, () => ({ ...group, op: event.target.value as GroupOp }))}
        >
          {Object.entries(OPS).map(([op, label]) => (
            <option key={op} value={op}>
              {label}
            </option>
          ))}
        </SelectField>
        {onRemove && <IconButton icon="trash" label="Remove this group" onClick={onRemove} />}
      </div>
      {group.items.length === 0 && <p className="muted">Nothing here yet. An empty group has no effect.</p>}
      <ul className={styles.items}>
        {group.items.map((item, index) => {
          const here = [...path, index]
          return (
            <li key={here.join('.')}>
              <ItemEditor item={item} path={here} edit={edit} onRemove={() => remove(here)} />
            </li>
          )
        })}
      </ul>
      <div className={styles.adds}>
        <Button size="small" icon="plus" onClick={addCondition}>
          Add condition
        </Button>
        <Button
          size="small"
          icon="plus"
          onClick={() => edit.add(path, { kind: 'group', op: group.op === 'all' ? 'any' : 'all', items: [] })}
        >
          Add group
        </Button>
      </div>
    </fieldset>
  )
}

interface ItemEditorProps {
  readonly item: Item
  readonly path: Path
  readonly edit: TreeEdit
  readonly onRemove: () => void
}

function ItemEditor({ item, path, edit, onRemove }: ItemEditorProps) {
  if (item.kind === 'group') return <GroupEditor group={item} path={path} edit={edit} onRemove={onRemove} />
  const onChange = (next: Item) => edit.change(path, () => next)
  if (item.kind === 'vql') return <VqlEditor condition={item} onChange={onChange} onRemove={onRemove} />
  return <ConditionEditor condition={item} onChange={onChange} onRemove={onRemove} />
}
