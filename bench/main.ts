/** The command line of the benchmarks: `npm run bench`. */
import { parseArgs } from 'node:util'
import { writeCharts } from './charts/charts.ts'
import { type Benchmark, OWN_OPTIONS, type OwnOption } from './options.ts'
import { findBlock, readDocument } from './shared/document.ts'
import { formatUsage } from './usage.ts'

const SMALL = { contacts: 100_000, companies: 20_000 }
const LARGE = { contacts: 200_000, companies: 40_000 }
const HUGE = { contacts: 10_000_000, companies: 2_000_000 }

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  search: {
    summary: 'every class of queries, on the index and on PostgreSQL alone',
    sizes: LARGE,
    options: ['only', 'postgres'],
    run: async options => await (await import('./search/search.ts')).benchSearch(options),
  },
  growth: {
    summary: 'the same classes and the index itself at 1/100, 1/10 and all of the given sizes',
    sizes: HUGE,
    options: ['only'],
    run: async options => await (await import('./growth/growth.ts')).benchGrowth(options),
  },
  http: {
    summary: 'requests over HTTP: each class, the first ones after a start, beside expensive ones; upserts',
    sizes: LARGE,
    options: ['only', 'beside-opensearch'],
    run: async options => await (await import('./http/http.ts')).benchHttp(options),
  },
  console: {
    summary: 'the console in a browser: loads, clicks, scrolling',
    sizes: { contacts: 1_000_000, companies: 200_000 },
    options: [],
    run: async options => await (await import('./console/console.ts')).benchConsole(options),
  },
  build: {
    summary: 'time to start and memory of "connectra serve"',
    sizes: LARGE,
    options: [],
    run: async options => await (await import('./build/build.ts')).benchBuild(options),
  },
  changes: {
    summary: 'searches and index delay while contacts are changed',
    sizes: LARGE,
    options: ['updates'],
    run: async options => await (await import('./changes/changes.ts')).benchChanges(options),
  },
  import: {
    summary: 'import of a CSV file, each of its stages, and searches meanwhile',
    sizes: SMALL,
    options: ['beside-s3'],
    run: async options => await (await import('./import/import.ts')).benchImport(options),
  },
  export: {
    summary: 'export of all contacts, and each of its stages',
    sizes: LARGE,
    options: [],
    run: async options => await (await import('./export/export.ts')).benchExport(options),
  },
  kernels: {
    summary: 'loops over sets of records, in JavaScript and in WebAssembly',
    sizes: { contacts: 1_000_000, companies: 200_000 },
    options: [],
    run: async options => await (await import('./kernels/kernels.ts')).benchKernels(options),
  },
  opensearch: {
    summary: 'the OpenSearch engine on the cluster at OPENSEARCH_URL',
    sizes: LARGE,
    options: ['only'],
    run: async options => await (await import('./opensearch/opensearch.ts')).benchOpenSearch(options),
  },
  guard: {
    summary: 'this working tree compared with another commit, within ten minutes',
    sizes: SMALL,
    options: ['only', 'against'],
    run: async options => await (await import('./guard/guard.ts')).benchGuard(options),
  },
}

const UPDATES = 1_000_000
const OUTPUT_OPTIONS = ['--json', '--markdown', '--document']

async function main(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseWords(words)
  const [name] = positionals
  if (values.help || name === undefined) return console.log(formatUsage(BENCHMARKS, name))
  if (name === 'charts') {
    for (const file of writeCharts(readDocument())) console.log(`docs/charts/${file}`)
    return
  }
  const benchmark = BENCHMARKS[name]
  if (benchmark === undefined || positionals.length > 1)
    throw new UsageError(`unknown benchmark: ${positionals.join(' ')}`)
  for (const option of Object.keys(OWN_OPTIONS) as OwnOption[])
    if (values[option] !== undefined && !benchmark.options.includes(option))
      throw new UsageError(`${name} has no option ${OWN_OPTIONS[option][0]}`)
  const command = `npm run bench -- ${words.filter(word => !OUTPUT_OPTIONS.includes(word)).join(' ')}`
  // Checked before the run, which may take an hour.
  if (values.document) findBlock(readDocument(), command)
  await benchmark.run({
    sizes: {
      contacts: parseCount('contacts', values.contacts) ?? benchmark.sizes.contacts,
      companies: parseCount('companies', values.companies) ?? benchmark.sizes.companies,
    },
    json: values.json,
    markdown: values.markdown,
    document: values.document,
    only: new RegExp(values.only ?? ''),
    postgres: values.postgres ?? true,
    besideOpenSearch: values['beside-opensearch'] ?? false,
    besideS3: values['beside-s3'] ?? false,
    updates: parseCount('updates', values.updates) ?? UPDATES,
    against: values.against ?? null,
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
        only: { type: 'string' },
        postgres: { type: 'boolean' },
        'beside-opensearch': { type: 'boolean' },
        'beside-s3': { type: 'boolean' },
        updates: { type: 'string' },
        against: { type: 'string' },
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
  else console.error(`${error.message}\n\n${formatUsage(BENCHMARKS)}`)
  process.exit(error instanceof UsageError ? 2 : 1)
}
