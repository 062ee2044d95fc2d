/** Warnings or rejections, grouped by code, with the first line of each kind. */

import { classes } from '../../ui/classes.ts'
import { formatNumber } from '../../ui/format.ts'
import { Table } from '../../ui/page.tsx'
import { withLabels } from '../columns/targets.ts'
import styles from './problem-table.module.css'
import { fieldName, groupByCode, type Kind } from './report-words.ts'

export function ProblemTable({ label, kinds }: { readonly label: string; readonly kinds: readonly Kind[] }) {
  return (
    <Table label={label}>
      <thead>
        <tr className={classes(styles.kind, styles.head)}>
          <th scope="col">Column read as</th>
          <th scope="col" className={styles.count}>
            Count
          </th>
          <th scope="col" className={styles.count}>
            First line
          </th>
          <th scope="col" className={styles.message}>
            For example
          </th>
        </tr>
      </thead>
      {groupByCode(kinds).map(({ code, title, count, kinds: of }) => (
        <tbody key={code}>
          <tr className={classes(styles.kind, styles.group)}>
            <th scope="rowgroup">{title}</th>
            <td className={styles.count}>{formatNumber(count)}</td>
            <td />
            <td className={styles.message}>
              <code className={styles.code}>{code}</code>
            </td>
          </tr>
          {of.map(({ field, count: ofKind, line, message }) => (
            <tr key={field} className={styles.kind}>
              <td>{fieldName(field)}</td>
              <td className={styles.count}>{formatNumber(ofKind)}</td>
              <td className={styles.count}>{formatNumber(line)}</td>
              <td dir="auto" className={styles.message}>
                {withLabels(message)}
              </td>
            </tr>
          ))}
        </tbody>
      ))}
    </Table>
  )
}
