/** A list of contacts or companies: what is searched on the left and above, the records below. */
import { useCallback, useMemo, useState } from 'react'
import type { Filter, Service } from '../api/records.ts'
import { RequestButton } from '../shell/request-dialog.tsx'
import { type Params, useViewParams } from '../shell/view-params.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useTitle } from '../ui/page.tsx'
import { Notice } from '../ui/states.tsx'
import { type Explore, ExploreContext, useExplore } from './explore-context.ts'
import styles from './explore-page.module.css'
import { ExportButton } from './export/export-button.tsx'
import { AdvancedDialog } from './filters/advanced/advanced-dialog.tsx'
import { FilterBar } from './filters/filter-bar.tsx'
import { FilterPanel } from './filters/panel/filter-panel.tsx'
import { SearchBox } from './filters/search-box.tsx'
import { SelectionCount } from './filters/selection-count.tsx'
import { useFilters } from './filters/use-filters.ts'
import { useNarrow } from './filters/use-narrow.ts'
import { VqlPanel } from './filters/vql/vql-panel.tsx'
import { toWhere } from './filters/where.ts'
import { RecordDrawer } from './record/record-drawer.tsx'
import { RecordTable } from './table/record-table.tsx'
import { isFilterBroken, parseView, writeView } from './view-params.ts'
import { requestsFor } from './views/api-requests.ts'
import { ViewsMenu } from './views/views-menu.tsx'

const TITLES = { contact: 'Contacts', company: 'Companies' } as const
const NO_FILTERS: ReadonlyMap<string, Filter> = new Map()

export function ExplorePage({ service }: { readonly service: Service }) {
  useTitle(TITLES[service])
  const [params, setParams] = useViewParams(asTheyAre)
  const stableParams = useStable(params)
  const view = useMemo(() => parseView(service, stableParams), [service, stableParams])
  const { search } = view
  const filter = useStable(view.filter)
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
      <Layout isBroken={isFilterBroken(stableParams)} />
    </ExploreContext>
  )
}

function Layout({ isBroken }: { readonly isBroken: boolean }) {
  const isNarrow = useNarrow()
  const [isPanelOpen, setPanelOpen] = usePanelOpen()
  const [isSheetOpen, setSheetOpen] = useState(false)
  const [isAdvanced, setAdvanced] = useState(false)
  const [isVqlOpen, setVqlOpen] = useState(false)
  const showAdvanced = () => setAdvanced(true)
  return (
    <div className={styles.page}>
      {!isNarrow && isPanelOpen && (
        <aside className={styles.side} aria-label="Filters">
          <div className={styles.sideHead}>
            <h2>Filters</h2>
            <IconButton icon="chevronLeft" label="Hide the filters" onClick={() => setPanelOpen(false)} />
          </div>
          <FilterPanel onAdvanced={showAdvanced} />
        </aside>
      )}
      <div className={styles.content}>
        <div className={styles.head}>
          <div className={styles.tools}>
            {isNarrow && (
              <Button icon="filter" onClick={() => setSheetOpen(true)}>
                Filters
              </Button>
            )}
            {!isNarrow && !isPanelOpen && (
              <Button icon="filter" aria-expanded={false} onClick={() => setPanelOpen(true)}>
                Filters
              </Button>
            )}
            <PageTitle />
            <div className={styles.search}>
              <SearchBox />
            </div>
            <Actions isVqlOpen={isVqlOpen} onVql={() => setVqlOpen(!isVqlOpen)} />
          </div>
          <FilterBar onAdvanced={showAdvanced} />
          {isBroken && (
            <Notice tone="warn">
              The filter in this address could not be read, so everything is shown. Choose the filter again.
            </Notice>
          )}
        </div>
        {isVqlOpen && <VqlPanel onClose={() => setVqlOpen(false)} />}
        <div className={styles.list}>
          <div className={styles.table}>
            <RecordTable />
          </div>
          <RecordDrawer />
        </div>
      </div>
      {isNarrow && isSheetOpen && <FilterSheet onAdvanced={showAdvanced} onClose={() => setSheetOpen(false)} />}
      {isAdvanced && <AdvancedDialog onClose={() => setAdvanced(false)} />}
    </div>
  )
}

function PageTitle() {
  const { view } = useExplore()
  return <h1>{TITLES[view.service]}</h1>
}

interface ActionsProps {
  readonly isVqlOpen: boolean
  readonly onVql: () => void
}

function Actions({ isVqlOpen, onVql }: ActionsProps) {
  const { view, where, filters } = useExplore()
  return (
    <div className={styles.actions}>
      <ViewsMenu />
      <Button variant="quiet" aria-expanded={isVqlOpen} onClick={onVql}>
        VQL
      </Button>
      <RequestButton requests={requestsFor(view, where, filters)} />
      <ExportButton />
    </div>
  )
}

/** The filters on a narrow screen. They take effect at once; the button says what is found. */
function FilterSheet({ onAdvanced, onClose }: { readonly onAdvanced: () => void; readonly onClose: () => void }) {
  return (
    <Dialog
      title="Filters"
      onClose={onClose}
      actions={
        <>
          <SelectionCount />
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

/** The same object as before for as long as it holds the same JSON. */
function useStable<Value>(value: Value): Value {
  const text = JSON.stringify(value)
  return useMemo(() => JSON.parse(text) as Value, [text])
}

const asTheyAre = (params: Params): Params => params
