/** What a benchmark is, and its options from the command line. */
import type { Sizes } from './data/generate.ts'

export interface BenchOptions {
  readonly sizes: Sizes
  /** Print the figures as JSON instead of tables. */
  readonly json: boolean
  /** Print the tables as Markdown. */
  readonly markdown: boolean
  /** Also write the tables to docs/performance.md. */
  readonly document: boolean
  /** Measure only what has a matching name. */
  readonly only: RegExp
  /** Compare with PostgreSQL. */
  readonly postgres: boolean
  /** Compare with OpenSearch. */
  readonly besideOpenSearch: boolean
  /** Compare with files in S3. */
  readonly besideS3: boolean
  /** Updates after which the memory of a server is compared. */
  readonly updates: number
  /** The commit to compare with. Null: the one that the working tree is based on. */
  readonly against: string | null
  /** The command as typed, without the options of the output. */
  readonly command: string
}

/** Options of some benchmarks: as they are typed, and what they mean. */
export const OWN_OPTIONS = {
  only: ['--only REGEX', 'measure only what has a matching name'],
  postgres: ['--no-postgres', 'skip the comparison; no database is needed'],
  'beside-opensearch': [
    '--beside-opensearch',
    'compare each class with a second server, on the cluster at OPENSEARCH_URL',
  ],
  'beside-s3': ['--beside-s3', 'compare an import with one from the bucket at S3_BUCKET'],
  updates: ['--updates N', 'number of updates after which memory is compared (default: 1,000,000)'],
  against: [
    '--against COMMIT',
    'the commit to compare with (default: where this branch left main; on main: HEAD, or HEAD^ without changes)',
  ],
} as const
export type OwnOption = keyof typeof OWN_OPTIONS

export interface Benchmark {
  readonly summary: string
  /** The default size of the data. */
  readonly sizes: Sizes
  readonly options: readonly OwnOption[]
  /** Its code is loaded when it runs. */
  run(options: BenchOptions): Promise<void>
}
