import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Checkbox, TextField } from '../../ui/field.tsx'
import { showToast } from '../../ui/toasts.ts'
import { useExplore } from '../explore-context.ts'
import { type SavedView, stateOf, useViewEdits } from './saved-views.ts'
import styles from './views-menu.module.css'

const MAX_NAME = 200

/** The name of a view and who sees it. `saved`: null for a new one. */
export function ViewDialog({ saved, onClose }: { readonly saved: SavedView | null; readonly onClose: () => void }) {
  const { view } = useExplore()
  const edits = useViewEdits()
  const form = useId()
  const input = useRef<HTMLInputElement>(null)
  const [name, setName] = useState(saved?.name ?? '')
  const [shared, setShared] = useState(saved?.shared ?? false)
  const [error, setError] = useState<string | null>(null)
  const [isSaving, setIsSaving] = useState(false)

  // The dialog has the focus by now, on its first button.
  useEffect(() => input.current?.select(), [])

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (name.trim() === '') return setError('A saved search needs a name')
    setIsSaving(true)
    try {
      if (saved) await edits.update(saved.uuid, { name: name.trim(), shared })
      else await edits.create({ name: name.trim(), service: view.service, state: stateOf(view), shared })
      showToast(`“${name.trim()}” was saved`)
      onClose()
    } catch (problem) {
      setError((problem as Error).message)
      setIsSaving(false)
    }
  }

  return (
    <Dialog
      title={saved ? 'Rename or share search' : 'Save this search'}
      width="narrow"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} disabled={isSaving}>
            Save
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={event => void save(event)}>
        <TextField
          ref={input}
          label="Name"
          value={name}
          maxLength={MAX_NAME}
          error={error}
          hint="It keeps the words, the filter, the order and the columns."
          onChange={event => {
            setName(event.target.value)
            setError(null)
          }}
        />
        <Checkbox checked={shared} onChange={event => setShared(event.target.checked)}>
          Share with everyone who can sign in
        </Checkbox>
      </form>
    </Dialog>
  )
}
