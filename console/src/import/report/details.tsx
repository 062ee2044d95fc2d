/** A list that is closed at first: what an import left out. */
import styles from './report.module.css'

/** Nothing without lines. */
export function Details({
  title,
  lines,
}: {
  readonly title: string
  readonly lines: readonly (readonly [name: string, text: string])[]
}) {
  if (lines.length === 0) return null
  return (
    <details className={styles.details}>
      <summary>{title}</summary>
      <ul>
        {lines.map(([name, text], place) => (
          <li key={place}>
            <bdi>{name}</bdi>: <bdi className="muted">{text}</bdi>
          </li>
        ))}
      </ul>
    </details>
  )
}
