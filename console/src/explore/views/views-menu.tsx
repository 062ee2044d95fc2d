/** Saved views of the list, which people know as saved searches: to open, save, change, share and delete. */
import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { Button, IconButton } from '../../ui/button.tsx'
import { shorten } from '../../ui/format.ts'
import { Menu, type MenuItem, Popover } from '../../ui/popover.tsx'
import { Badge, Skeleton } from '../../ui/states.tsx'
import { showError, showToast, UNDO } from '../../ui/toasts.ts'
import { useExplore } from '../explore-context.ts'
import { changesFor, hasParts, isShown, type SavedView, stateOf, useSavedViews, useViewEdits } from './saved-views.ts'
import { ViewDialog } from './view-dialog.tsx'
import styles from './views-menu.module.css'

/** `'new'`: the view as it is shown. */
type Edited = SavedView | 'new' | null

export function ViewsMenu() {
  const { view } = useExplore()
  const views = useSavedViews(view.service)
  const [open, setOpen] = useState(false)
  const [edited, setEdited] = useState<Edited>(null)
  const shown = views.data?.find(saved => isShown(saved, view))
  const [last, setLast] = useState<string | null>(null)
  if (shown && shown.uuid !== last) setLast(shown.uuid)
  // A view whose filter was changed since. Without any filter it is not that view any more.
  const base = shown ?? (hasParts(view) ? views.data?.find(({ uuid }) => uuid === last) : undefined)

  const isEdited = base !== undefined && !shown
  const { update, actionsFor } = useViewActions(edit)
  const trigger = useRef<HTMLButtonElement>(null)

  function close(): void {
    flushSync(() => setEdited(null))
    // The button that opened the dialog was in the popover, which is closed.
    trigger.current?.focus()
  }

  function edit(next: Edited): void {
    setOpen(false)
    setEdited(next)
  }

  return (
    <>
      <Popover
        label="Saved searches"
        align="end"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <Button ref={trigger} icon="bookmark" variant="quiet" title={base?.name}>
            <span className={styles.label}>
              <span className={styles.name}>{base?.name ?? 'Saved searches'}</span>
              {isEdited && ' · edited'}
            </span>
          </Button>
        }
      >
        <div className={styles.menu}>
          {views.isPending && <Skeleton />}
          {views.error && <p className="muted">{views.error.message}</p>}
          {views.data?.length === 0 && (
            <p className="muted">No saved searches yet. One keeps the words, the filter, the order and the columns.</p>
          )}
          <ViewList
            title="Your searches"
            views={views.data?.filter(saved => saved.own)}
            actionsFor={actionsFor}
            onDone={() => setOpen(false)}
          />
          <ViewList
            title="Shared by others"
            views={views.data?.filter(saved => !saved.own)}
            actionsFor={actionsFor}
            onDone={() => setOpen(false)}
          />
          {isEdited && base.own && (
            <Button
              icon="check"
              onClick={() => {
                setOpen(false)
                void update(base)
              }}
            >
              {updateLabel(base)}
            </Button>
          )}
          <Button icon="plus" onClick={() => edit('new')}>
            {isEdited ? 'Save as new' : 'Save this search'}
          </Button>
        </div>
      </Popover>
      {edited && <ViewDialog saved={edited === 'new' ? null : edited} onClose={close} />}
    </>
  )
}

interface ViewListProps {
  readonly title: string
  readonly views: readonly SavedView[] | undefined
  readonly actionsFor: (saved: SavedView) => readonly (MenuItem | null)[]
  readonly onDone: () => void
}

function ViewList({ title, views = [], actionsFor, onDone }: ViewListProps) {
  const { view, setView } = useExplore()
  if (views.length === 0) return null
  return (
    <section className={styles.list} aria-label={title}>
      <h3 className={styles.title}>{title}</h3>
      <ul>
        {views.map(saved => (
          <li key={saved.uuid} className={styles.row}>
            <button
              type="button"
              className={styles.open}
              title={saved.name}
              aria-current={isShown(saved, view)}
              onClick={() => {
                setView(changesFor(saved))
                onDone()
              }}
            >
              <span>{saved.name}</span>
              {saved.own && saved.shared && <Badge>Shared</Badge>}
            </button>
            {saved.own && (
              <Menu
                trigger={<IconButton size="small" icon="more" label={`Change ${saved.name}`} />}
                items={actionsFor(saved)}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function useViewActions(onEdit: (view: SavedView) => void) {
  const { view } = useExplore()
  const edits = useViewEdits()

  async function run(action: () => Promise<void>, done: string, undo?: () => Promise<void>): Promise<void> {
    try {
      await action()
      showToast(done, undo && { action: { label: UNDO, run: () => void run(undo, 'Undone') } })
    } catch (error) {
      showError(error)
    }
  }

  function update({ uuid, name, state }: SavedView): Promise<void> {
    return run(
      () => edits.update(uuid, { state: stateOf(view) }),
      `“${name}” was updated`,
      () => edits.update(uuid, { state }),
    )
  }

  function actionsFor(saved: SavedView): readonly (MenuItem | null)[] {
    const { uuid, name, service, state, shared } = saved
    const remove = () =>
      run(
        () => edits.remove(uuid),
        `“${name}” was deleted`,
        () => edits.create({ name, service, state, shared }),
      )
    return [
      {
        label: updateLabel(saved),
        icon: 'check',
        onSelect: () => void update(saved),
        disabled: isShown(saved, view),
      },
      { label: 'Rename or share', icon: 'edit', onSelect: () => onEdit(saved) },
      null,
      { label: 'Delete', icon: 'trash', danger: true, onSelect: () => void remove() },
    ]
  }
  return { update, actionsFor }
}

function updateLabel({ name }: SavedView): string {
  return `Update “${shorten(name, 30)}”`
}
