/** Cmd-K or Ctrl-K: goes to a room, does what the menus do, and finds contacts and companies. */
import { type KeyboardEvent as ReactKeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { classes } from '../../ui/classes.ts'
import { countOf } from '../../ui/data/nouns.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Notice } from '../../ui/states.tsx'
import styles from './palette.module.css'
import { type Option, useOptions } from './use-options.ts'

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

export function Palette({ onClose }: { readonly onClose: () => void }) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  /** The id of the option that was moved to. Without one, the first is chosen. */
  const [active, setActive] = useState<string | null>(null)
  /** Enter was pressed while the records found were those of the text before. */
  const [isWaiting, setWaiting] = useState(false)
  const { options, current, error } = useOptions(text)
  const at = Math.max(0, findOption(options, active))
  const chosen = options[at]
  useEffect(() => input.current?.focus(), [])
  useEffect(() => {
    if (chosen) document.getElementById(`${id}-${chosen.id}`)?.scrollIntoView({ block: 'nearest' })
  }, [chosen, id])
  useEffect(() => {
    if (!isWaiting || !current) return
    setWaiting(false)
    run(chosen)
  })

  function run(option: Option | undefined) {
    if (!option) return
    onClose()
    option.run()
  }

  function onEnter() {
    if (isSure(chosen, { isChosenByHand: findOption(options, active) >= 0, current })) run(chosen)
    else setWaiting(true)
  }

  function onKeyDown(event: ReactKeyboardEvent) {
    if (isPaletteKey(event)) onClose()
    else if (event.nativeEvent.isComposing) return
    else if (event.key === 'Enter') onEnter()
    else {
      const next = moveActive(event.key, at, options.length)
      if (next === null) return
      setActive(options[next]!.id)
    }
    event.preventDefault()
  }

  return (
    <Dialog title="Commands and search" onClose={onClose}>
      <TextField
        ref={input}
        label="Find pages, actions, contacts and companies"
        hideLabel
        icon="search"
        placeholder="Pages, actions, contacts, companies"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={options.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={chosen && `${id}-${chosen.id}`}
        value={text}
        onChange={event => {
          setText(event.target.value)
          setActive(null)
          setWaiting(false)
        }}
        onKeyDown={onKeyDown}
      />
      <div className={styles.results}>
        <OptionList id={id} options={options} chosen={chosen} onHover={setActive} onRun={run} />
        {error && <Notice tone="bad">{error.message}</Notice>}
        {!error && current && options.length === 0 && <p className={styles.nothing}>No matches for “{text.trim()}”.</p>}
      </div>
      <p className="visually-hidden" role="status">
        {current && countOf(options.length, 'result')}
      </p>
    </Dialog>
  )
}

interface OptionListProps {
  readonly id: string
  readonly options: readonly Option[]
  readonly chosen: Option | undefined
  readonly onHover: (id: string) => void
  readonly onRun: (option: Option) => void
}

function OptionList({ id, options, chosen, onHover, onRun }: OptionListProps) {
  const groups = [...new Set(options.map(option => option.group))]
  return (
    <div id={`${id}-list`} role="listbox" aria-label="Results">
      {groups.map(group => (
        <div key={group} role="group" aria-label={group} className={styles.group}>
          <div className={styles.heading} aria-hidden="true">
            {group}
          </div>
          {options.map(option =>
            option.group !== group ? null : (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the text field, which keeps the focus
              <div
                key={option.id}
                id={`${id}-${option.id}`}
                role="option"
                tabIndex={-1}
                aria-selected={option === chosen}
                className={classes(styles.option, option === chosen && styles.chosen)}
                onMouseMove={() => onHover(option.id)}
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

function findOption(options: readonly Option[], id: string | null): number {
  return options.findIndex(option => option.id === id)
}

/** Whether Enter may run the option. The first record of an earlier text is not what was asked for, unless someone moved to it. */
function isSure(
  option: Option | undefined,
  { isChosenByHand, current }: { readonly isChosenByHand: boolean; readonly current: boolean },
): boolean {
  return current || isChosenByHand || (option !== undefined && !option.isRecord)
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
