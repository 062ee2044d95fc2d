import { useRef } from 'react'
import { useShortcuts } from '../../shell/shortcuts.ts'
import { TextField } from '../../ui/field.tsx'
import { useExplore } from '../explore-context.ts'
import { useDraft } from './use-draft.ts'

const SEARCHED = {
  contact: 'Search names, titles, e-mails, phones, companies',
  company: 'Search names, domains, places, industries, phones',
} as const

/** The one box for everything. `/` focuses it, Esc leaves it. */
export function SearchBox() {
  const { view, setView } = useExplore()
  const input = useRef<HTMLInputElement>(null)
  const draft = useDraft(view.search, search => setView({ search }, { replace: true }))
  useShortcuts({ '/': () => input.current?.select() })
  return (
    <TextField
      ref={input}
      label={view.service === 'contact' ? 'Search contacts' : 'Search companies'}
      hideLabel
      type="search"
      icon="search"
      placeholder={`${SEARCHED[view.service]}  ( / )`}
      value={draft.text}
      onChange={event => draft.change(event.target.value)}
      onBlur={draft.flush}
      onKeyDown={event => {
        if (event.key === 'Enter') draft.flush()
        if (event.key === 'Escape' && draft.text === '') input.current?.blur()
      }}
    />
  )
}
