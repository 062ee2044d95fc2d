/** The import room: files are added, checked, imported and, where rows were rejected, corrected. */
import { useEffect, useRef } from 'react'
import { useViewParams } from '../shell/view-params.ts'
import { Page } from '../ui/page.tsx'
import { CheckStep } from './check/check-step.tsx'
import { DropZone, FileButton, PasteButton } from './drop-zone.tsx'
import styles from './import.module.css'
import type { ImportItem } from './items/import-items.ts'
import { addFiles, removeItem, useItems } from './items/import-store.ts'
import { ItemsList } from './items-list.tsx'
import { RunStep } from './run-step.tsx'
import { UploadStep } from './upload-step.tsx'
import { usePaste } from './use-paste.ts'

interface View {
  /** The id of the file in detail. */
  readonly item: string | null
}

function parseView({ item }: Readonly<Record<string, unknown>>): View {
  return { item: typeof item === 'string' ? item : null }
}

export default function Import() {
  const [view, setView] = useViewParams(parseView)
  const items = useItems()
  const room = useRef<HTMLDivElement>(null)
  const remove = useRemove(items, room.current)
  const add = (files: readonly File[]) => {
    const first = addFiles(files)
    if (first !== null) setView({ item: first })
  }
  usePaste(add)
  const shown = items.find(({ id }) => id === view.item) ?? items.at(-1)
  return (
    <Page title="Import">
      <div ref={room}>
        {shown === undefined ? (
          <DropZone onFiles={add} />
        ) : (
          <div className={styles.layout}>
            <div className={styles.side}>
              <ItemsList items={items} current={shown.id} onOpen={id => setView({ item: id })} onRemove={remove} />
              <div className={styles.adders}>
                <FileButton size="small" icon="plus" isMultiple onFiles={add}>
                  Add files
                </FileButton>
                <PasteButton size="small" onFiles={add} />
              </div>
            </div>
            <Detail key={shown.id} item={shown} onRemove={remove} />
          </div>
        )}
      </div>
    </Page>
  )
}

/** Removes a file. The one that takes its place in the list gets the focus; without others, the button that adds one does. */
function useRemove(items: readonly ImportItem[], room: HTMLElement | null): (id: string) => void {
  const removed = useRef<number | null>(null)
  useEffect(() => {
    if (removed.current === null) return
    const next = items[Math.min(removed.current, items.length - 1)]
    removed.current = null
    room?.querySelector<HTMLElement>(next ? `[data-item="${next.id}"]` : 'button')?.focus()
  }, [items, room])
  return id => {
    removed.current = items.findIndex(item => item.id === id)
    removeItem(id)
  }
}

interface DetailProps {
  readonly item: ImportItem
  readonly onRemove: (id: string) => void
}

function Detail({ item, onRemove }: DetailProps) {
  return (
    <section className={styles.detail} aria-label={item.name}>
      <h2 className={styles.name}>
        <bdi>{item.name}</bdi>
      </h2>
      {item.step === 'upload' && <UploadStep item={item} onRemove={() => onRemove(item.id)} />}
      {item.step === 'check' && <CheckStep item={item} />}
      {item.step === 'run' && item.job !== null && <RunStep item={item} uuid={item.job} />}
    </section>
  )
}
