/** The help of `npm run bench`. */
import { type Benchmark, OWN_OPTIONS, type OwnOption } from './options.ts'

const CHARTS = 'measures nothing: redraws docs/charts from the tables in docs/performance.md'

type Lines = readonly (readonly [term: string, meaning: string])[]

/** The usage of one benchmark; without a name, of all. */
export function formatUsage(benchmarks: Readonly<Record<string, Benchmark>>, name?: string): string {
  if (name === 'charts') return `usage: npm run bench -- charts\n\n${CHARTS}`
  const own = name === undefined ? undefined : benchmarks[name]
  if (own !== undefined) {
    const options = [...commonOptions(own), ...own.options.map(option => OWN_OPTIONS[option])]
    return `usage: npm run bench -- ${name} [options]\n\n${own.summary}\n\n${section('Options', options)}`
  }
  const summaries = Object.entries(benchmarks).map(([each, { summary }]) => [each, summary] as const)
  const someOptions = (Object.keys(OWN_OPTIONS) as OwnOption[]).map(option => {
    const having = Object.keys(benchmarks).filter(each => benchmarks[each]!.options.includes(option))
    const [term, meaning] = OWN_OPTIONS[option]
    return [term, `${having.join(', ')}: ${meaning}`] as const
  })
  return [
    'usage: npm run bench -- BENCHMARK [options]',
    section('Benchmarks', [...summaries, ['charts', CHARTS]]),
    section('Options', [...commonOptions(), ...someOptions]),
  ].join('\n\n')
}

function commonOptions(benchmark?: Benchmark): Lines {
  const sizes = benchmark?.sizes
  const standard = sizes
    ? `default: ${sizes.contacts.toLocaleString('en')} and ${sizes.companies.toLocaleString('en')}`
    : 'the default depends on the benchmark'
  return [
    ['--contacts N, --companies N', `size of the data (${standard})`],
    ['--json, --markdown', 'output format (default: plain text)'],
    ['--document', 'also write the tables to docs/performance.md and redraw its charts'],
  ]
}

function section(title: string, lines: Lines): string {
  return [`${title}:`, ...lines.map(([term, meaning]) => `  ${term.padEnd(30)}${meaning}`)].join('\n')
}
