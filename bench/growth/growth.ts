/**
 * `bench growth`: how the time of each class of queries, and the index itself, grow with the data: from 1/100 and 1/10 of the sizes
 * that are asked for to these. Without a database: the largest would take an hour to fill.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IndexState } from '../../src/search/embedded/index-state.ts'
import { readSnapshot } from '../../src/search/embedded/snapshot/read-snapshot.ts'
import { writeSnapshot } from '../../src/search/embedded/snapshot/write-snapshot.ts'
import { createGenerator, type Sizes } from '../data/generate.ts'
import type { BenchOptions } from '../options.ts'
import { type BuiltIndex, indexOfGenerator } from '../search/index-of-generator.ts'
import { measureClasses } from '../search/measure-classes.ts'
import type { ClassFigures } from '../search/search-report.ts'
import { median, printReport, significant, type Table, tellProgress } from '../shared/report.ts'

/** At 10,000,000 contacts: milliseconds. */
const GOAL_P50 = 5
const SHARES = [0.01, 0.1, 1]

interface Measured extends Omit<BuiltIndex, 'engine' | 'state'> {
  readonly sizes: Sizes
  readonly classes: readonly ClassFigures[]
  /** Megabytes of this process, in which the index was queried. */
  readonly resident: number
  /** Seconds to write the snapshot, and to read it again as a start does, right after. */
  readonly snapshotWritten: number
  readonly snapshotRead: number
}

export async function benchGrowth(options: BenchOptions): Promise<void> {
  const say = tellProgress()
  const measured: Measured[] = []
  for (const share of SHARES) {
    const sizes = {
      contacts: Math.round(options.sizes.contacts * share),
      companies: Math.round(options.sizes.companies * share),
    }
    say(`building the index of ${sizes.contacts} contacts and ${sizes.companies} companies …`)
    const { engine, state, ...index } = await indexOfGenerator(sizes)
    const classes = await measureClasses(options, createGenerator(sizes), engine, null, say)
    const resident = process.memoryUsage.rss() / 1e6
    say('writing and reading the snapshot …')
    measured.push({ ...index, sizes, classes, resident, ...(await measureSnapshot(state)) })
  }
  printReport(options, { measured }, growthTables(measured))
}

async function measureSnapshot(state: IndexState) {
  const directory = await mkdtemp(join(tmpdir(), 'connectra-bench-'))
  try {
    const started = performance.now()
    await writeSnapshot(directory, { state, position: { seq: 1, token: 'growth' } }, new Map())
    const written = performance.now()
    await readSnapshot(directory, new AbortController().signal)
    return { snapshotWritten: (written - started) / 1000, snapshotRead: (performance.now() - written) / 1000 }
  } finally {
    await rm(directory, { recursive: true })
  }
}

function growthTables(measured: readonly Measured[]): Table[] {
  const figures = (label: string, cell: (one: Measured) => number) => [
    label,
    ...measured.map(one => significant(cell(one))),
  ]
  const ofGroup = (group: string) => (one: Measured) => {
    const members = one.classes.filter(member => member.group === group)
    return members.length === 0 ? Number.NaN : median(members.map(member => member.p50))
  }
  const last = measured.at(-1)!
  return [
    {
      header: ['contacts', ...measured.map(({ sizes }) => sizes.contacts.toLocaleString('en'))],
      rows: [
        ['segments', ...measured.map(one => String(one.segments))],
        figures('index, MB', one => one.megabytes),
        figures('bytes a record', one => (one.megabytes * 1e6) / (one.sizes.contacts + one.sizes.companies)),
        figures('resident with all that queries made of it, MB', one => one.resident),
        figures('making records and building, s', one => one.seconds),
        figures('snapshot written, s', one => one.snapshotWritten),
        figures('snapshot read, s', one => one.snapshotRead),
        figures('keyword, range, phrase: median of p50, ms', ofGroup('plain')),
        figures('fuzzy, substring, company: median of p50, ms', ofGroup('heavy')),
        figures('facets, extents: median of p50, ms', ofGroup('other')),
        figures(
          `classes with a p50 above ${GOAL_P50} ms`,
          one => one.classes.filter(({ p50 }) => p50 > GOAL_P50).length,
        ),
      ],
    },
    {
      header: [
        'p50, milliseconds',
        'group',
        ...measured.map(({ sizes }) => sizes.contacts.toLocaleString('en')),
        'p99 of the last',
      ],
      rows: last.classes.map(({ name, group, p99 }, place) => [
        name,
        group,
        ...measured.map(({ classes }) => significant(classes[place]!.p50)),
        significant(p99),
      ]),
    },
  ]
}
