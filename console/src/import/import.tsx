/** The import room: files are added, checked, imported and, where rows were rejected, corrected. */
import { useViewParams } from '../shell/view-params.ts'
import { Page } from '../ui/page.tsx'
import { CheckStep } from './check/check-step.tsx'
import { DropOverlay, DropZone, FileButton, PasteButton } from './drop-zone.tsx'
import styles from './import.module.css'
import type { ImportItem } from './items/import-items.ts'
import { addFiles, useImports } from './items/import-store.ts'
import { ItemsList } from './items-list.tsx'
import { RunStep } from './run-step.tsx'
import { UploadStep } from './upload-step.tsx'
import { useFileDrop } from './use-file-drop.ts'

interface View {
  /** The id of the file in detail. */
  readonly item: string | null
}

function parseView({ item }: Readonly<Record<string, unknown>>): View {
  return { item: typeof item === 'string' ? item : null }
}

export default function Import() {
  const [view, setView] = useViewParams(parseView)
  const { items } = useImports()
  const add = (files: readonly File[]) => {
    const first = addFiles(files)
    if (first !== null) setView({ item: first })
  }
  const isOver = useFileDrop(add)
  const shown = items.find(({ id }) => id === view.item) ?? items.at(-1)
  return (
    <Page title="Import">
      {isOver && <DropOverlay />}
      {shown === undefined ? (
        <DropZone onFiles={add} />
      ) : (
        <div className={styles.layout}>
          <div className={styles.side}>
            <ItemsList items={items} current={shown.id} onOpen={id => setView({ item: id })} />
            <div className={styles.adders}>
              <FileButton size="small" icon="plus" isMultiple onFiles={add}>
                Add files
              </FileButton>
              <PasteButton size="small" onFiles={add} />
            </div>
          </div>
          <Detail key={shown.id} item={shown} />
        </div>
      )}
    </Page>
  )
}

function Detail({ item }: { readonly item: ImportItem }) {
  const { transfers } = useImports()
  return (
    <section className={styles.detail} aria-label={item.name}>
      <h2 className={styles.name}>
        <bdi>{item.name}</bdi>
      </h2>
      {item.step === 'upload' && <UploadStep item={item} transfer={transfers.get(item.id)} />}
      {item.step === 'check' && <CheckStep item={item} />}
      {item.step === 'run' && item.job !== null && <RunStep item={item} uuid={item.job} />}
    </section>
  )
}
