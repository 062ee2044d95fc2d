/** The report of a benchmark: its figures as JSON or as tables, in the terminal and in docs/performance.md. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Chart } from '../charts/chart.ts'
import { chartsOf, writeCharts } from '../charts/charts.ts'
import type { BenchOptions } from '../options.ts'
import { type Block, readDocument, replaceBlock, writeDocument } from './document.ts'
import { formatMarkdown, formatText, type Table } from './table.ts'

/** The document folds tables with more rows, which list the classes of queries. */
const FOLD_ABOVE = 20

/**
 * Prints `figures` as JSON, or `tables`, with the command and the commit. With `--document` the tables also replace those that the same
 * command has in docs/performance.md, and its charts are redrawn.
 */
export function printReport(options: BenchOptions, figures: object, tables: readonly Table[]): void {
  const { command, sizes } = options
  const commit = describeCommit()
  const origin = `\`${command}\` at commit ${commit}`
  if (options.json) console.log(JSON.stringify({ command, commit, sizes, ...figures }))
  else if (options.markdown) console.log([...tables.map(formatMarkdown), `${origin}.`].join('\n\n'))
  else console.log([...tables.map(formatText), origin].join('\n\n'))
  if (!options.document) return
  const document = replaceBlock(readDocument(), command, formatBlock({ command, commit, tables }))
  writeDocument(document)
  writeCharts(document)
}

/** Appends "-dirty" if the working tree differs from the commit. The document is ignored: benchmarks write to it one after another. */
function describeCommit(): string {
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: join(import.meta.dirname, '../..'), encoding: 'utf8' }).trim()
  const measured = ['src', 'bench', 'console', 'migrations', 'package-lock.json']
  const dirty = git('status', '--porcelain', '--', ...measured) !== ''
  return `${git('rev-parse', '--short', 'HEAD')}${dirty ? '-dirty' : ''}`
}

/** The content of a block of the document: charts, tables, and where they come from. */
export function formatBlock(block: Block): string {
  const { command, commit, tables } = block
  const charts = chartsOf(block)
  const folded = charts.filter(chart => chart.folded).map(formatImage)
  const parts = tables.map(table => {
    if (table.rows.length <= FOLD_ABOVE) return formatMarkdown(table)
    const content = [...folded.splice(0), formatMarkdown(table)]
    return ['<details>\n<summary>Each class of queries</summary>', ...content, '</details>'].join('\n\n')
  })
  return [
    ...charts.filter(chart => !chart.folded).map(formatImage),
    ...parts,
    `\`${command}\` at commit ${commit}.`,
  ].join('\n\n')
}

const formatImage = ({ file, title }: Chart) => `![${title}](charts/${file})`
