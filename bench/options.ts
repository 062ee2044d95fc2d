/** Options of a benchmark, from the command line. */
import type { Sizes } from './data/generate.ts'

export interface BenchOptions {
  readonly sizes: Sizes
  /** Print the figures as JSON instead of tables. */
  readonly json: boolean
  /** Print the tables as Markdown. */
  readonly markdown: boolean
  /** Also write the tables to docs/performance.md. */
  readonly document: boolean
  /** Measure only the classes of queries whose name matches. */
  readonly only: RegExp
  /** Compare with PostgreSQL. */
  readonly postgres: boolean
  /** Updates after which the memory of a server is compared. */
  readonly updates: number
  /** The command as typed, without the options of the output. */
  readonly command: string
}
