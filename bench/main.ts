/** `npm run bench -- search|import|http|start [--contacts N] [--companies N] [--json]` */
import { parseArgs } from 'node:util'
import type { Sizes } from './generate.ts'

export interface BenchOptions {
  readonly sizes: Sizes
  /** Print the figures as JSON instead of as a table. */
  readonly json: boolean
}

interface Bench {
  readonly sizes: Sizes
  run(options: BenchOptions): Promise<void>
}

/** Each bench with the sizes it has by default. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  search: async () => ({
    sizes: { contacts: 200_000, companies: 40_000 },
    run: (await import('./search.ts')).benchSearch,
  }),
  import: async () => ({
    sizes: { contacts: 100_000, companies: 20_000 },
    run: (await import('./import.ts')).benchImport,
  }),
  http: async () => ({ sizes: { contacts: 200_000, companies: 40_000 }, run: (await import('./http.ts')).benchHttp }),
  start: async () => ({
    sizes: { contacts: 200_000, companies: 40_000 },
    run: (await import('./start.ts')).benchStart,
  }),
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { contacts: { type: 'string' }, companies: { type: 'string' }, json: { type: 'boolean', default: false } },
})
const open = BENCHES[positionals[0] ?? '']
if (open === undefined) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join('|')} [--contacts N] [--companies N] [--json]`)
  process.exit(2)
}
const bench = await open()
const sizes = {
  contacts: Number(values.contacts ?? bench.sizes.contacts),
  companies: Number(values.companies ?? bench.sizes.companies),
}
try {
  await bench.run({ sizes, json: values.json })
  process.exit(0)
} catch (error) {
  console.error(error)
  process.exit(1)
}
