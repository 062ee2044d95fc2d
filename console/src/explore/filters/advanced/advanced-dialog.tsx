/** The whole filter as a tree of conditions and groups. Nothing changes before "Apply". */
import { useState } from 'react'
import { nounFor } from '../../../api/services.ts'
import { useDebounced } from '../../../shell/use-debounced.ts'
import { Button } from '../../../ui/button.tsx'
import { classes } from '../../../ui/classes.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { formatNumber } from '../../../ui/format.ts'
import { useExplore } from '../../explore-context.ts'
import type { Group } from '../../view-state.ts'
import { addItem, changeItem, removeIncomplete, removeItem } from '../edit-filter.ts'
import { useDraftCount } from '../use-results.ts'
import styles from './advanced.module.css'
import { GroupEditor } from './group-editor.tsx'

export function AdvancedDialog({ onClose }: { readonly onClose: () => void }) {
  const { view, setView } = useExplore()
  const [draft, setDraft] = useState(() => unwrap(view.filter))

  function apply(): void {
    setView({ filter: removeIncomplete(wrap(draft)) })
    onClose()
  }

  return (
    <Dialog
      title="Advanced filter"
      width="wide"
      onClose={onClose}
      actions={
        <>
          <DraftCount draft={draft} />
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" onClick={apply}>
            Apply
          </Button>
        </>
      }
    >
      <GroupEditor
        group={draft}
        path={[]}
        edit={{
          change: (path, change) => setDraft(group => changeItem(group, path, change)),
          add: (path, item) => setDraft(group => addItem(group, path, item)),
          remove: path => setDraft(group => removeItem(group, path)),
        }}
      />
    </Dialog>
  )
}

function DraftCount({ draft }: { readonly draft: Group }) {
  const { view } = useExplore()
  const { data, error } = useDraftCount(view.search, useDebounced(draft))
  return (
    <p className={classes(styles.count, error && styles.wrong)} role="status" aria-live="polite">
      {error
        ? error.message
        : data === undefined
          ? 'Counting…'
          : `${formatNumber(data)} ${nounFor(view.service, data)}`}
    </p>
  )
}

/** A single group is shown as the top itself. */
function unwrap(filter: Group): Group {
  const [only, ...others] = filter.items
  return others.length === 0 && only?.kind === 'group' ? only : filter
}

function wrap(group: Group): Group {
  return group.op === 'all' ? group : { kind: 'group', op: 'all', items: [group] }
}
