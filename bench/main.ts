/** See USAGE. */
import { parseArgs } from 'node:util'
import type { Sizes } from './data/generate.ts'
import type { BenchOptions } from './options.ts'

const USAGE = `usage: npm run bench -- search|growth|http|build|changes|import|export [options]

  --contacts N, --companies N   sizes of the data (each bench has its own by default)
  --json, --markdown            how the figures are printed, if not as text
  --document                    put the tables into docs/performance.md, too
  --only REGEX                  search, growth: only these classes of queries
  --no-postgres                 search: without the comparison and without any database
  --updates N                   changes: how many updates memory is watched over`

interface Bench {
  readonly sizes: Sizes
  run(options: BenchOptions): Promise<void>
}

const LARGE = { contacts: 200_000, companies: 40_000 }

/** Each bench with the sizes it has by default. */
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
