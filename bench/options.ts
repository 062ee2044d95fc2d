/** What a benchmark is told on the command line. */
import type { Sizes } from './data/generate.ts'

export interface BenchOptions {
  readonly sizes: Sizes
  /** Print the figures as JSON instead of as a table. */
  readonly json: boolean
  /** Print the tables as they stand in docs/performance.md. */
  readonly markdown: boolean
  /** Replace the tables there. */
  readonly document: boolean
  /** Of the classes of queries those whose name it finds. */
  readonly only: RegExp
  /** Compare with PostgreSQL. */
  readonly postgres: boolean
  readonly updates: number
  /** What was typed. */
  readonly command: string
}
