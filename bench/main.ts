/** See USAGE. */
import { parseArgs } from 'node:util'
import { writeCharts } from './charts/charts.ts'
import type { Sizes } from './data/generate.ts'
import type { BenchOptions } from './options.ts'
import { readDocument } from './shared/document.ts'

const USAGE = `usage: npm run bench -- <benchmark> [options]

Benchmarks:
  search    every class of queries, on the index and on PostgreSQL alone
  growth    the same classes and the index itself at 1/100, 1/10 and all of the given sizes
  http      lists, counts, facets and upserts over HTTP
  build     time to start and memory of "connectra serve"
  changes   searches and index delay while contacts are changed
  import    import of a CSV file, and each of its stages
  export    export of all contacts, and each of its stages
  charts    measures nothing: redraws docs/charts from the tables in docs/performance.md

Options:
  --contacts N, --companies N   size of the data (the default depends on the benchmark)
  --json, --markdown            output format (default: plain text)
  --document                    also write the tables to docs/performance.md and redraw its charts
  --only REGEX                  search, growth: measure only the classes whose name matches
  --no-postgres                 search: skip the comparison; no database is needed
  --updates N                   changes: number of updates after which memory is compared (default: 1000000)`

interface Bench {
  readonly sizes: Sizes
  run(options: BenchOptions): Promise<void>
}

const LARGE = { contacts: 200_000, companies: 40_000 }

/** The benchmarks and their default sizes. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  search: async () => ({ sizes: LARGE, run: (await import('./search/search.ts')).benchSearch }),
  growth: async () => ({
    sizes: { contacts: 10_000_000, companies: 2_000_000 },
    run: (await import('./growth/growth.ts')).benchGrowth,
  }),
  http: async () => ({ sizes: LARGE, run: (await import('./http/http.ts')).benchHttp }),
  build: async () => ({ sizes: LARGE, run: (await import('./build/build.ts')).benchBuild }),
  changes: async () => ({ sizes: LARGE, run: (await import('./changes/changes.ts')).benchChanges }),
  import: async () => ({
    sizes: { contacts: 100_000, companies: 20_000 },
    run: (await import('./import/import.ts')).benchImport,
  }),
  export: async () => ({ sizes: LARGE, run: (await import('./export/export.ts')).benchExport }),
}

if (process.argv[2] === 'charts') {
  for (const file of writeCharts(readDocument())) console.log(`docs/charts/${file}`)
  process.exit(0)
}
const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    contacts: { type: 'string' },
    companies: { type: 'string' },
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    document: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    postgres: { type: 'boolean', default: true },
    updates: { type: 'string', default: '1000000' },
  },
})
const open = BENCHES[positionals[0] ?? '']
if (open === undefined) {
  console.error(USAGE)
  process.exit(2)
}
const bench = await open()
const sizes = {
  contacts: Number(values.contacts ?? bench.sizes.contacts),
  companies: Number(values.companies ?? bench.sizes.companies),
}
try {
  await bench.run({
    sizes,
    json: values.json,
    markdown: values.markdown,
    document: values.document,
    only: new RegExp(values.only),
    postgres: values.postgres,
    updates: Number(values.updates),
    command: `npm run bench -- ${process.argv
      .slice(2)
      .filter(word => !/^--(json|markdown|document)$/.test(word))
      .join(' ')}`,
  })
  process.exit(0)
} catch (error) {
  console.error(error)
  process.exit(1)
}
