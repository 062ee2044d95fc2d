/** The record that was opened, beside the list. It is not modal: the list stays usable, and j and k go through its rows. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { getRecord, PATHS, type RecordRow, type Service } from '../../api/records.ts'
import { RequestButton } from '../../shell/request-button.tsx'
import { useShortcuts } from '../../shell/shortcuts.ts'
import { IconButton } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { Empty, ErrorState, Skeleton } from '../../ui/states.tsx'
import { nameOf } from '../columns/columns.ts'
import { useExplore, useOpenRecord } from '../explore-context.ts'
import { recordKey } from '../records/edit-field.ts'
import { moveRow } from '../row-navigation.ts'
import { CompanySummary } from './company-summary.tsx'
import { People } from './people.tsx'
import styles from './record.module.css'
import { RecordFields, type RecordFieldsProps } from './record-fields.tsx'
import { keepUndosOf } from './undos.ts'

export function RecordDrawer() {
  const { view } = useExplore()
  const uuid = useOpenRecord()
  return uuid === null ? null : <Drawer service={view.service} uuid={uuid} />
}

const LABELS = { contact: 'Contact', company: 'Company' } as const

function Drawer({ service, uuid }: { readonly service: Service; readonly uuid: string }) {
  const { setView } = useExplore()
  const record = useQuery({
    queryKey: recordKey(service, uuid),
    queryFn: ({ signal }) => getRecord(service, uuid, signal),
    // The record before stays for the moment until the next one is there, so that nothing flickers.
    placeholderData: keepPreviousData,
  })
  const drawer = useFocusWithin(record.data?.uuid)
  useEffect(() => keepUndosOf(service, uuid), [service, uuid])
  const [showsEmpty, setShowsEmpty] = useState(false)
  const close = () => setView({ open: null })
  useShortcuts({ Escape: close })
  const query = service === 'contact' ? '?populate=company&case=original' : '?case=original'
  const request = { title: LABELS[service], method: 'GET', path: `${PATHS[service]}/${uuid}${query}` } as const

  return (
    <aside ref={drawer} className={styles.drawer} aria-label={LABELS[service]} tabIndex={-1}>
      <div className={styles.tools}>
        <IconButton icon="arrowUp" label="Previous record (k)" onClick={() => moveRow(-1)} />
        <IconButton icon="arrowDown" label="Next record (j)" onClick={() => moveRow(1)} />
        <div className={styles.toolsEnd}>
          <RequestButton requests={[request]} />
          <IconButton icon="close" label="Close (Esc)" onClick={close} />
        </div>
      </div>
      <div className={classes(styles.content, record.isPlaceholderData && styles.stale)} key={record.data?.uuid}>
        {record.data ? (
          <Content service={service} record={record.data} showsEmpty={showsEmpty} onShowEmpty={setShowsEmpty} />
        ) : record.error ? (
          <Failure service={service} error={record.error} onRetry={() => void record.refetch()} />
        ) : (
          <Loading />
        )}
      </div>
    </aside>
  )
}

function Content({ service, record, ...empty }: RecordFieldsProps) {
  return (
    <>
      <div className={styles.head}>
        <h2 dir="auto" title={nameOf(service, record)}>
          {nameOf(service, record)}
        </h2>
        <p className="muted" dir="auto">
          {subtitleOf(service, record)}
        </p>
      </div>
      <RecordFields service={service} record={record} {...empty}>
        {service === 'contact' && <CompanySummary contact={record} />}
        {service === 'contact' && record.company_id && (
          <People companyId={String(record.company_id)} except={record.uuid} />
        )}
        {service === 'company' && <People companyId={record.uuid} except={null} />}
      </RecordFields>
    </>
  )
}

function subtitleOf(service: Service, record: RecordRow): string {
  const parts =
    service === 'contact'
      ? [record.title, record.company?.name]
      : [record.normalized_domain, record.city, record.country]
  return parts.filter(Boolean).join(' · ')
}

interface FailureProps {
  readonly service: Service
  readonly error: Error
  readonly onRetry: () => void
}

function Failure({ service, error, onRetry }: FailureProps) {
  const isMissing = error instanceof ApiError && (error.status === 404 || error.code === 'ERR_INVALID_UUID')
  if (!isMissing) return <ErrorState error={error} onRetry={onRetry} />
  return (
    <Empty icon="search" title={`This ${service} does not exist`}>
      It may have been deleted, or the link is not complete.
    </Empty>
  )
}

/** About as high as a record. */
function Loading() {
  const lines = Array.from({ length: 12 }, (_, line) => line)
  return (
    <div className={styles.loading} role="status" aria-label="Loading the record">
      {lines.map(line => (
        <Skeleton key={line} />
      ))}
    </div>
  )
}

/**
 * The focus goes into the drawer when it opens, stays in it when it shows another record, and goes back to where it was when it
 * closes.
 */
function useFocusWithin(shown: string | undefined) {
  const drawer = useRef<HTMLElement>(null)
  const isWithin = useRef(false)
  useEffect(() => {
    const follow = ({ target }: FocusEvent) => {
      isWithin.current = drawer.current!.contains(target as Node)
    }
    document.addEventListener('focusin', follow)
    return () => document.removeEventListener('focusin', follow)
  }, [])
  useEffect(() => {
    const isLost = shown !== undefined && isWithin.current && document.activeElement === document.body
    if (isLost) drawer.current!.focus({ preventScroll: true })
  }, [shown])
  useEffect(() => {
    const element = drawer.current!
    const before = document.activeElement
    element.focus({ preventScroll: true })
    return () => {
      // Whoever has gone elsewhere stays there.
      const stays = !element.contains(document.activeElement) && document.activeElement !== document.body
      if (!stays && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])
  return drawer
}
