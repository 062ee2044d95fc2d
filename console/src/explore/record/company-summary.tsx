/** The company of a contact, in a few lines. */
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { RecordRow } from '../../api/records.ts'
import { cellValue, listColumns, nameOf } from '../columns/columns.ts'
import { useExplore } from '../explore-context.ts'
import { isEmpty } from './field-groups.ts'
import { FieldValue } from './field-row.tsx'
import styles from './record.module.css'

const SHOWN = [
  'company_normalized_domain',
  'company_industries',
  'company_employees_count',
  'company_annual_revenue',
  'company_city',
  'company_country',
  'company_phone_number',
  'company_linkedin_url',
]

export function CompanySummary({ contact }: { readonly contact: RecordRow }) {
  const { filters } = useExplore()
  const columns = useMemo(() => listColumns('contact', filters).filter(({ name }) => SHOWN.includes(name)), [filters])
  const { company, company_id: uuid } = contact
  const shown = columns
    .filter(column => !isEmpty(contact, column))
    .sort((a, b) => SHOWN.indexOf(a.name) - SHOWN.indexOf(b.name))
  return (
    <section className={styles.group} aria-label="The company">
      <h3>Company</h3>
      {company ? (
        <>
          <Link to="/companies" search={{ open: uuid } as never} className={styles.company} dir="auto">
            {nameOf('company', company)}
          </Link>
          <dl className={styles.fields}>
            {shown.map(column => (
              <div key={column.name} className={styles.field}>
                <dt>{column.label.replace(/^Company /, '')}</dt>
                <dd className={styles.value}>
                  <FieldValue column={column} value={cellValue(contact, column)} />
                </dd>
              </div>
            ))}
          </dl>
        </>
      ) : (
        <p className="muted">
          {uuid ? 'The company of this contact has not been imported, or was deleted.' : 'This contact has no company.'}
        </p>
      )}
    </section>
  )
}
