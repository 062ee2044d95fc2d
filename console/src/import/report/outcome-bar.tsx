/** One bar, divided by what became of the records or rows. The legend has the numbers, so the bar is decoration. */
import { formatNumber } from '../../ui/format.ts'
import styles from './outcome-bar.module.css'
import { divideBar, type Part } from './outcome-parts.ts'

export function OutcomeBar({ title, parts }: { readonly title: string; readonly parts: readonly Part[] }) {
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.title}>{title}</figcaption>
      <svg className={styles.bar} aria-hidden="true" focusable="false">
        {divideBar(parts).map(({ kind, start, width }) => (
          <rect key={kind} className={styles[kind]} x={`${start}%`} width={`${width}%`} height="100%" />
        ))}
      </svg>
      <ul className={styles.legend}>
        {parts.map(({ kind, label, count }) => (
          <li key={kind}>
            <span className={`${styles.dot} ${styles[kind]}`} aria-hidden="true" />
            <span>
              <span className="number">{formatNumber(count)}</span> {label}
            </span>
          </li>
        ))}
      </ul>
    </figure>
  )
}
