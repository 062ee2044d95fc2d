/** The interface of the charts in docs/performance.md. */
import type { Block } from '../shared/document.ts'

export interface Chart {
  /** Name of the file in docs/charts. */
  readonly file: string
  readonly title: string
  /** Whether the document folds it, together with the long table of its figures. */
  readonly folded?: boolean
  /** Whether the tables of a block have the figures for the chart. */
  applies(block: Block): boolean
  /** Returns the content of the SVG file. */
  draw(block: Block): string
}

/** The line of small print below a chart. */
export function formatSource({ command, commit }: Block): string {
  return `${command} · commit ${commit}`
}

/** "300,000 contacts and 60,000 companies", from the options of the command. */
export function sizesOf({ command }: Block): string {
  const size = (option: string) => Number(new RegExp(`--${option} (\\d+)`).exec(command)?.[1]).toLocaleString('en')
  return `${size('contacts')} contacts and ${size('companies')} companies`
}
