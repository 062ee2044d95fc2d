/** Names with their values, side by side. */
import type { ReactNode } from 'react'
import styles from './facts.module.css'

interface Fact {
  readonly label: string
  readonly value: ReactNode
}

export function Facts({ items }: { readonly items: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {items.map(({ label, value }) => (
        <div key={label} className={styles.fact}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
