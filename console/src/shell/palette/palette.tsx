/** Cmd-K or Ctrl-K: goes to a room, does what the menus do, and finds contacts and companies. */
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent as ReactKeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { signOut, useSession } from '../../api/session.ts'
import { ROOMS } from '../../rooms.ts'
import { classes } from '../../ui/classes.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { Notice } from '../../ui/states.tsx'
import styles from './palette.module.css'
import { filterCommands, listCommands } from './palette-commands.ts'
import { type Hit, type Hits, useHits } from './search-everything.ts'
import { chooseTheme } from '../theme.ts'

/** Calls `open` on Cmd-K and Ctrl-K, also while someone types in a field. */
export function usePaletteKey(open: () => void): void {
  const current = useRef(open)
  current.current = open
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (!isPaletteKey(event)) return
      event.preventDefault()
      current.current()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}

type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

function isPaletteKey({ key, ctrlKey, metaKey, altKey, shiftKey }: Keys): boolean {
  return key.toLowerCase() === 'k' && ctrlKey !== metaKey && !altKey && !shiftKey
}

interface Option {
  readonly id: string
  readonly group: string
  readonly label: string
  readonly detail?: string
  readonly icon: IconName
  readonly shortcut?: string
  readonly run: () => void
}

export function Palette({ onClose }: { readonly onClose: () => void }) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const { options, current, error } = useOptions(text)
  const chosen = options[Math.min(active, options.length - 1)]
  useEffect(() => input.current?.focus(), [])
  useEffect(() => {
    if (chosen) document.getElementById(`${id}-${chosen.id}`)?.scrollIntoView({ block: 'nearest' })
  }, [chosen, id])

  function run(option: Option | undefined) {
    if (!option) return
    onClose()
    option.run()
  }

  function onKeyDown(event: ReactKeyboardEvent) {
    if (isPaletteKey(event)) onClose()
    else if (event.nativeEvent.isComposing) return
    else if (event.key === 'Enter') run(chosen)
    else {
      const next = moveActive(event.key, Math.min(active, options.length - 1), options.length)
      if (next === null) return
      setActive(next)
    }
    event.preventDefault()
  }

  return (
    <Dialog title="Go to, do, or find" onClose={onClose}>
      <TextField
        ref={input}
        label="Find rooms, actions, contacts and companies"
        hideLabel
        icon="search"
        placeholder="Rooms, actions, contacts, companies"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={options.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={chosen && `${id}-${chosen.id}`}
        value={text}
        onChange={event => {
          setText(event.target.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div className={styles.results}>
        <OptionList id={id} options={options} chosen={chosen} onHover={setActive} onRun={run} />
        {error && <Notice tone="bad">{error.message}</Notice>}
        {!error && current && options.length === 0 && (
          <p className={styles.nothing}>Nothing begins with “{text.trim()}”.</p>
        )}
      </div>
      <p className="visually-hidden" role="status">
        {current && `${options.length} ${options.length === 1 ? 'result' : 'results'}`}
      </p>
    </Dialog>
  )
}

interface OptionListProps {
  readonly id: string
  readonly options: readonly Option[]
  readonly chosen: Option | undefined
  readonly onHover: (index: number) => void
  readonly onRun: (option: Option) => void
}

function OptionList({ id, options, chosen, onHover, onRun }: OptionListProps) {
  const groups = [...new Set(options.map(option => option.group))]
  return (
    <div id={`${id}-list`} role="listbox" aria-label="Results">
      {groups.map(group => (
        <div key={group} role="group" aria-labelledby={`${id}-${group}`} className={styles.group}>
          <div id={`${id}-${group}`} className={styles.heading}>
            {group}
          </div>
          {options.map((option, index) =>
            option.group !== group ? null : (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the text field, which keeps the focus
              <div
                key={option.id}
                id={`${id}-${option.id}`}
                role="option"
                tabIndex={-1}
                aria-selected={option === chosen}
                className={classes(styles.option, option === chosen && styles.chosen)}
                onMouseMove={() => onHover(index)}
                onClick={() => onRun(option)}
              >
                <Icon name={option.icon} />
                <span className={styles.label} dir="auto">
                  {option.label}
                </span>
                {option.detail && (
                  <span className={styles.detail} dir="auto">
                    {option.detail}
                  </span>
                )}
                {option.shortcut && <kbd className={styles.shortcut}>{option.shortcut}</kbd>}
              </div>
            ),
          )}
        </div>
      ))}
    </div>
  )
}

/** Commands come first: they are there at once, so that nothing moves when records follow. */
function useOptions(text: string): {
  readonly options: readonly Option[]
  readonly current: boolean
  readonly error: Error | null
} {
  const session = useSession()
  const navigate = useNavigate()
  const contacts = useHits('contact', text)
  const companies = useHits('company', text)
  const commands = listCommands(
    ROOMS.filter(room => !room.admin || session.data?.admin),
    {
      goTo: path => void navigate({ to: path }),
      setTheme: chooseTheme,
      openReference: () => void window.open('./docs', '_blank', 'noopener'),
      signOut: () => signOut(session.data),
    },
  )
  function open({ service, uuid }: Hit) {
    const to = service === 'contact' ? '/contacts' : '/companies'
    void navigate({ to, search: { open: uuid } as never })
  }
  function records(group: string, to: string, icon: IconName, { hits, mayBeMore }: Hits): readonly Option[] {
    const options = hits.map(
      (hit): Option => ({ id: hit.uuid, group, label: hit.label, detail: hit.detail, icon, run: () => open(hit) }),
    )
    if (!mayBeMore) return options
    const label = `All ${group.toLowerCase()} with “${text.trim()}”`
    const showAll = () => void navigate({ to, search: { search: text.trim() } as never })
    return [...options, { id: `all-${icon}`, group, label, icon: 'search', run: showAll }]
  }
  return {
    options: [
      ...filterCommands(commands, text),
      ...records('Contacts', '/contacts', 'person', contacts),
      ...records('Companies', '/companies', 'building', companies),
    ],
    current: contacts.current && companies.current,
    error: contacts.error ?? companies.error,
  }
}

/** Null for keys that do not move. The list is a ring. */
function moveActive(key: string, active: number, length: number): number | null {
  if (length === 0) return null
  if (key === 'ArrowDown') return (active + 1) % length
  if (key === 'ArrowUp') return (active - 1 + length) % length
  if (key === 'PageDown') return Math.min(active + 8, length - 1)
  if (key === 'PageUp') return Math.max(active - 8, 0)
  return null
}
