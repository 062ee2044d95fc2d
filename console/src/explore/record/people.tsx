/** The contacts of a company: in the drawer of the company, or as the colleagues of a contact. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { countRecords, type RecordRow, searchRecords, type Where } from '../../api/records.ts'
import { formatNumber } from '../../ui/format.ts'
import { ErrorState, Skeleton } from '../../ui/states.tsx'
import { nameOf } from '../columns/columns.ts'
import { useExplore } from '../explore-context.ts'
import type { Condition } from '../view-state.ts'
import styles from './record.module.css'

const SHOWN = 10

interface PeopleProps {
  readonly companyId: string
  /** The contact whose colleagues they are. */
  readonly except: string | null
}

export function People({ companyId, except }: PeopleProps) {
  const { service } = useExplore().view
  const where: Where = {
    keyword_match: { must: { company_id: companyId }, ...(except !== null && { must_not: { uuid: except } }) },
  }
  const people = useQuery({
    queryKey: ['people', where],
    queryFn: async ({ signal }) => {
      const query = { where, select_columns: ['uuid', 'first_name', 'last_name', 'email', 'title'], limit: SHOWN }
      const order_by = [{ order_by: 'full_name', order_direction: 'asc' }] as const
      const [rows, count] = await Promise.all([
        searchRecords('contact', { ...query, order_by }, signal),
        countRecords('contact', where, signal),
      ])
      return { rows, count }
    },
  })
  const title = except === null ? 'Contacts' : 'Colleagues'
  const all: Condition = { kind: 'values', key: 'company_id', values: [companyId] }
  return (
    <section className={styles.group} aria-label={title}>
      <h3>
        {title} {people.data && <span className="muted">{formatNumber(people.data.count)}</span>}
      </h3>
      {people.error ? (
        <ErrorState error={people.error} onRetry={() => void people.refetch()} />
      ) : !people.data ? (
        <Skeleton />
      ) : people.data.count === 0 ? (
        <p className="muted">
          {except === null ? 'No contacts at this company.' : 'No other contacts at this company.'}
        </p>
      ) : (
        <>
          <ul className={styles.people}>
            {people.data.rows.map(row => (
              <Person key={row.uuid} row={row} list={service === 'contact' ? null : { filter: [all] }} />
            ))}
          </ul>
          <Link to="/contacts" search={{ filter: [all] } as never}>
            {except === null ? `List all ${formatNumber(people.data.count)}` : 'List all contacts of the company'}
          </Link>
        </>
      )}
    </section>
  )
}

interface PersonProps {
  readonly row: RecordRow
  /** The list beside the person: null is the one that is shown now. */
  readonly list: object | null
}

function Person({ row, list }: PersonProps) {
  const withOpen = (before: object) => ({ ...(list ?? before), open: row.uuid })
  return (
    <li>
      <Link
        to="/contacts"
        search={withOpen as never}
        className={styles.person}
        dir="auto"
        title={nameOf('contact', row)}
      >
        {nameOf('contact', row)}
      </Link>
      {row.title && (
        <span className={styles.personTitle} dir="auto" title={String(row.title)}>
          {String(row.title)}
        </span>
      )}
    </li>
  )
}
