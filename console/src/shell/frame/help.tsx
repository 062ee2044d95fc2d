/** `?`: all keyboard shortcuts. */
import { useSession } from '../../api/session.ts'
import { ROOMS } from '../../rooms.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Checkbox } from '../../ui/field.tsx'
import { setCharacters, useCharactersOn } from '../shortcut-setting.ts'
import styles from './help.module.css'
import { SHORTCUTS, type Shortcut } from './shortcut-list.ts'

export function Help({ onClose }: { readonly onClose: () => void }) {
  const session = useSession()
  const areCharactersOn = useCharactersOn()
  const jumps = ROOMS.filter(room => !room.admin || session.data?.admin).map(
    (room): Shortcut => ({ keys: [['g', room.shortcut]], label: room.label }),
  )
  return (
    <Dialog title="Keyboard shortcuts" width="wide" onClose={onClose}>
      <div className={styles.columns}>
        {SHORTCUTS.map(({ title, shortcuts }) => (
          <Section key={title} title={title} shortcuts={shortcuts} />
        ))}
        <Section title="Go to" shortcuts={jumps} />
      </div>
      <Checkbox checked={areCharactersOn} onChange={event => setCharacters(event.target.checked)}>
        Single-key shortcuts, such as j, / or g c
      </Checkbox>
      <p className="muted">Shortcuts without Ctrl or ⌘ are off while you type in a field.</p>
    </Dialog>
  )
}

function Section({ title, shortcuts }: { readonly title: string; readonly shortcuts: readonly Shortcut[] }) {
  return (
    <section className={styles.section} aria-label={title}>
      <h3>{title}</h3>
      <dl>
        {shortcuts.map(({ keys, label }) => (
          <div key={label} className={styles.row}>
            <dt>{label}</dt>
            <dd>
              {keys.map((sequence, index) => (
                <span key={sequence.join(' ')}>
                  {index > 0 && <span className="muted"> or </span>}
                  {sequence.map(key => (
                    <kbd key={key} className={styles.key}>
                      {key}
                    </kbd>
                  ))}
                </span>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
