/** A list of contacts or companies: what is searched on the left and above, the records below. */
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Filter } from '../api/records.ts'
import { type Service, TITLES } from '../api/services.ts'
import { loadLater } from '../shell/load-later.tsx'
import { RequestButton } from '../shell/request-button.tsx'
import { type Params, useViewParams } from '../shell/view-params.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useTitle } from '../ui/page.tsx'
import { Notice } from '../ui/states.tsx'
import { type Explore, ExploreContext, OpenRecordContext, useExplore } from './explore-context.ts'
import styles from './explore-page.module.css'
import { ExportButton } from './export/export-button.tsx'
import { FilterBar } from './filters/filter-bar.tsx'
import { FilterPanel } from './filters/panel/filter-panel.tsx'
import { ResultCount } from './filters/result-count.tsx'
import { SearchBox } from './filters/search-box.tsx'
import { useFilters } from './filters/use-filters.ts'
import { useNarrow } from './filters/use-narrow.ts'
import { toWhere } from './filters/where.ts'
import { RecordDrawer } from './record/record-drawer.tsx'
import { RecordTable } from './table/record-table.tsx'
import { useStable } from './use-stable.ts'
import { isFilterBroken, parseView, writeView } from './view-params.ts'
import { requestsFor } from './views/api-requests.ts'
import { ViewsMenu } from './views/views-menu.tsx'

const AdvancedDialog = loadLater(async () => (await import('./filters/advanced/advanced-dialog.tsx')).AdvancedDialog)
const VqlPanel = loadLater(async () => (await import('./filters/vql/vql-panel.tsx')).VqlPanel)

const NO_FILTERS: ReadonlyMap<string, Filter> = new Map()

export function ExplorePage({ service }: { readonly service: Service }) {
  useTitle(TITLES[service])
  const [params, setParams] = useViewParams(asTheyAre)
  const parsed = parseView(service, params)
  const { search, open } = parsed
  const filter = useStable(parsed.filter)
  const order = useStable(parsed.order)
  const columns = useStable(parsed.columns)
  // The same object until something of it changes. What depends on it is not drawn again when another record is opened.
  const view = useMemo(() => ({ service, search, filter, order, columns }), [service, search, filter, order, columns])
  const where = useMemo(() => toWhere(search, filter), [search, filter])
  const setView = useCallback<Explore['setView']>(
    (changes, options) => setParams(writeView(changes), options),
    [setParams],
  )
  const { data } = useFilters(service)
  const filters = useMemo(() => (data ? new Map(data.map(one => [one.key, one])) : NO_FILTERS), [data])
  const explore = useMemo(() => ({ view, where, setView, filters }), [view, where, setView, filters])
  return (
    <ExploreContext value={explore}>
      <OpenRecordContext value={open}>
        <Layout isBroken={isFilterBroken(params)} isOpen={open !== null} />
      </OpenRecordContext>
    </ExploreContext>
  )
}

interface LayoutProps {
  readonly isBroken: boolean
  /** Whether a record is open. */
  readonly isOpen: boolean
}

const Layout = memo(function Layout({ isBroken, isOpen }: LayoutProps) {
  const isNarrow = useNarrow()
  const [isPanelOpen, setPanelOpen] = usePanelOpen()
  const [isSheetOpen, setSheetOpen] = useState(false)
  const [isAdvanced, setAdvanced] = useState(false)
  const [isVqlOpen, setVqlOpen] = useState(false)
  const vqlButton = useRef<HTMLButtonElement>(null)
  const showAdvanced = useCallback(() => setAdvanced(true), [])
  const hidesPanel = !isNarrow && !isPanelOpen
  const panelButton = usePanelFocus(isPanelOpen)

  function closeVql() {
    setVqlOpen(false)
    vqlButton.current?.focus()
  }

  return (
    <div className={styles.page}>
      {!isNarrow && isPanelOpen && (
        <aside className={styles.side} aria-label="Filters">
          <div className={styles.sideHead}>
            <h2>Filters</h2>
            <IconButton
              ref={panelButton}
              icon="chevronLeft"
              label="Hide the filters"
              onClick={() => setPanelOpen(false)}
            />
          </div>
          <FilterPanel onAdvanced={showAdvanced} />
        </aside>
      )}
      <div className={styles.content}>
        {/* On a narrow screen the record covers the list, which must not get the focus behind it. */}
        <div className={styles.head} inert={isNarrow && isOpen}>
          <div className={styles.tools}>
            {(isNarrow || hidesPanel) && (
              <Button
                ref={hidesPanel ? panelButton : null}
                icon="filter"
                aria-expanded={hidesPanel ? false : undefined}
                onClick={() => (hidesPanel ? setPanelOpen(true) : setSheetOpen(true))}
              >
                Filters
              </Button>
            )}
            <PageTitle />
            <div className={styles.search}>
              <SearchBox />
            </div>
            <div className={styles.actions}>
              <ViewsMenu />
              <Button ref={vqlButton} variant="quiet" aria-expanded={isVqlOpen} onClick={() => setVqlOpen(!isVqlOpen)}>
                VQL
              </Button>
              <ListRequests />
              <ExportButton />
            </div>
          </div>
          <FilterBar onAdvanced={showAdvanced} />
          {isBroken && (
            <Notice tone="warn">
              The filter in this address could not be read, so everything is shown. Choose the filter again.
            </Notice>
          )}
        </div>
        {isVqlOpen && <VqlPanel onClose={closeVql} />}
        <div className={styles.list}>
          <div className={styles.table} inert={isNarrow && isOpen}>
            <RecordTable />
          </div>
          <RecordDrawer />
        </div>
      </div>
      {isNarrow && isSheetOpen && <FilterSheet onAdvanced={showAdvanced} onClose={() => setSheetOpen(false)} />}
      {isAdvanced && <AdvancedDialog onClose={() => setAdvanced(false)} />}
    </div>
  )
})

function PageTitle() {
  const { view } = useExplore()
  return <h1>{TITLES[view.service]}</h1>
}

function ListRequests() {
  const { view, where, filters } = useExplore()
  const requests = useMemo(() => requestsFor(view, where, filters), [view, where, filters])
  return <RequestButton requests={requests} />
}

/** The filters on a narrow screen. They take effect at once; the button says what is found. */
function FilterSheet({ onAdvanced, onClose }: { readonly onAdvanced: () => void; readonly onClose: () => void }) {
  return (
    <Dialog
      title="Filters"
      onClose={onClose}
      actions={
        <>
          <ResultCount />
          <Button variant="primary" onClick={onClose}>
            Show
          </Button>
        </>
      }
    >
      <FilterPanel onAdvanced={onAdvanced} />
    </Dialog>
  )
}

const PANEL = 'connectra.filters'

function usePanelOpen() {
  const [isOpen, setOpen] = useState(() => localStorage.getItem(PANEL) !== 'hidden')
  function change(next: boolean): void {
    if (next) localStorage.removeItem(PANEL)
    else localStorage.setItem(PANEL, 'hidden')
    setOpen(next)
  }
  return [isOpen, change] as const
}

/** The button that hides the panel and the one that shows it take the focus from each other. */
function usePanelFocus(isPanelOpen: boolean) {
  const button = useRef<HTMLButtonElement>(null)
  const before = useRef(isPanelOpen)
  useEffect(() => {
    if (before.current === isPanelOpen) return
    before.current = isPanelOpen
    button.current?.focus()
  }, [isPanelOpen])
  return button
}

const asTheyAre = (params: Params): Params => params
