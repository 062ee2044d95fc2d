/** The command line of the benchmarks: `npm run bench`. */
import { parseArgs } from 'node:util'
import { writeCharts } from './charts/charts.ts'
import type { Sizes } from './data/generate.ts'
import type { BenchOptions } from './options.ts'
import { findBlock, readDocument } from './shared/document.ts'

const USAGE = `usage: npm run bench -- <benchmark> [options]

Benchmarks:
  search    every class of queries, on the index and on PostgreSQL alone
  growth    the same classes and the index itself at 1/100, 1/10 and all of the given sizes
  http      lists, counts, facets and upserts over HTTP
  build     time to start and memory of "connectra serve"
  changes   searches and index delay while contacts are changed
  import    import of a CSV file, and each of its stages
  export    export of all contacts, and each of its stages
  opensearch  the OpenSearch engine on the cluster at OPENSEARCH_URL
  charts    measures nothing: redraws docs/charts from the tables in docs/performance.md

Options:
  --contacts N, --companies N   size of the data (the default depends on the benchmark)
  --json, --markdown            output format (default: plain text)
  --document                    also write the tables to docs/performance.md and redraw its charts
  --only REGEX                  search, growth: measure only the classes whose name matches
  --no-postgres                 search: skip the comparison; no database is needed
  --updates N                   changes: number of updates after which memory is compared (default: 1,000,000)`

interface Bench {
  readonly sizes: Sizes
  run(options: BenchOptions): Promise<void>
}

const UPDATES = 1_000_000
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
  opensearch: async () => ({ sizes: LARGE, run: (await import('./opensearch/opensearch.ts')).benchOpenSearch }),
}

const OUTPUT_OPTIONS = ['--json', '--markdown', '--document']

async function main(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseWords(words)
  const [name] = positionals
  if (values.help || name === undefined) return console.log(USAGE)
  if (name === 'charts') {
    for (const file of writeCharts(readDocument())) console.log(`docs/charts/${file}`)
    return
  }
  const open = BENCHES[name]
  if (open === undefined || positionals.length > 1) throw new UsageError(`unknown benchmark: ${positionals.join(' ')}`)
  const command = `npm run bench -- ${words.filter(word => !OUTPUT_OPTIONS.includes(word)).join(' ')}`
  // Checked before the run, which may take an hour.
  if (values.document) findBlock(readDocument(), command)
  const bench = await open()
  await bench.run({
    sizes: {
      contacts: parseCount('contacts', values.contacts) ?? bench.sizes.contacts,
      companies: parseCount('companies', values.companies) ?? bench.sizes.companies,
    },
    json: values.json,
    markdown: values.markdown,
    document: values.document,
    only: new RegExp(values.only),
    postgres: values.postgres,
    updates: parseCount('updates', values.updates) ?? UPDATES,
    command,
  })
}

class UsageError extends Error {}

function parseWords(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      allowNegative: true,
      options: {
        help: { type: 'boolean', default: false },
        contacts: { type: 'string' },
        companies: { type: 'string' },
        json: { type: 'boolean', default: false },
        markdown: { type: 'boolean', default: false },
        document: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        postgres: { type: 'boolean', default: true },
        updates: { type: 'string' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function parseCount(option: string, word: string | undefined): number | undefined {
  if (word === undefined) return undefined
  if (!/^[1-9]\d*$/.test(word)) throw new UsageError(`--${option} must be a positive whole number, not ${word}`)
  return Number(word)
}

try {
  await main(process.argv.slice(2))
  process.exit(0)
} catch (error) {
  if (!(error instanceof UsageError)) console.error(error)
  else console.error(`${error.message}\n\n${USAGE}`)
  process.exit(error instanceof UsageError ? 2 : 1)
}
