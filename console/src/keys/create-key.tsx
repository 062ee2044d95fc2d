/** Creates a key and shows it once. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Checkbox, TextField } from '../ui/field.tsx'
import { Notice } from '../ui/states.tsx'
import styles from './keys.module.css'
import { createKey, KEYS_QUERY } from './keys-api.ts'

export function CreateKey({ onClose }: { readonly onClose: () => void }) {
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const creation = useMutation({
    mutationFn: createKey,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: KEYS_QUERY }),
  })
  if (creation.data !== undefined) return <CreatedKey name={name} apiKey={creation.data} onClose={onClose} />
  return (
    <KeyForm
      name={name}
      onName={setName}
      error={creation.error}
      pending={creation.isPending}
      onCreate={admin => creation.mutate({ name: name.trim(), admin })}
      onClose={onClose}
    />
  )
}

interface KeyFormProps {
  readonly name: string
  readonly onName: (name: string) => void
  readonly error: Error | null
  readonly pending: boolean
  readonly onCreate: (admin: boolean) => void
  readonly onClose: () => void
}

function KeyForm({ name, onName, error, pending, onCreate, onClose }: KeyFormProps) {
  const form = useId()
  const input = useRef<HTMLInputElement>(null)
  const [admin, setAdmin] = useState(false)
  const [missing, setMissing] = useState(false)
  useEffect(() => input.current?.focus(), [])

  function submit(event: FormEvent) {
    event.preventDefault()
    if (pending) return
    setMissing(name.trim() === '')
    if (name.trim() === '') input.current?.focus()
    else onCreate(admin)
  }

  return (
    <Dialog
      title="Create an API key"
      width="narrow"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" aria-disabled={pending}>
            {pending ? 'Creating…' : 'Create key'}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={submit}>
        <TextField
          ref={input}
          label="Name"
          hint="Who or what uses it, such as “Zapier” or “Ann’s laptop”. It is in the log of every request."
          error={missing && 'Give the key a name.'}
          value={name}
          maxLength={200}
          onChange={event => onName(event.target.value)}
        />
        <Checkbox checked={admin} onChange={event => setAdmin(event.target.checked)}>
          Admin: may create and revoke keys
        </Checkbox>
        {error && <Notice tone="bad">{error.message}</Notice>}
      </form>
    </Dialog>
  )
}

function CreatedKey({
  name,
  apiKey,
  onClose,
}: {
  readonly name: string
  readonly apiKey: string
  readonly onClose: () => void
}) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    input.current?.focus()
    input.current?.select()
  }, [])
  return (
    <Dialog
      title={`The key “${name.trim()}”`}
      onClose={onClose}
      actions={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <Notice tone="warn">Copy the key now. It is not stored, so it cannot be shown again.</Notice>
      <div className={styles.created}>
        <TextField ref={input} label="API key" readOnly value={apiKey} onFocus={event => event.target.select()} />
        <CopyButton text={apiKey} label="Copy key" size="normal" />
      </div>
      <p className="muted">
        Programs send it with every request: <code>Authorization: Bearer …</code>
      </p>
    </Dialog>
  )
}
