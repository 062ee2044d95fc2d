/**
 * `bench guard`: compares this working tree with another commit. Both are measured in turn, A B B A, so that a slow moment of the machine
 * affects both: starts and memory, every class of queries in process, and imports. A row of the table says by how much the working tree
 * differs, how far the pairs are apart, and whether that is beyond the noise.
 */
import { join } from 'node:path'
import { withDatabase } from '../data/bench-database.ts'
import { createGenerator, type Sizes } from '../data/generate.ts'
import { writeImportFile } from '../import/write-file.ts'
import type { BenchOptions } from '../options.ts'
import { queryClasses } from '../queries/query-classes.ts'
import { startProgress } from '../shared/progress.ts'
import { printReport } from '../shared/report.ts'
import { type Comparison, compare, comparisonTable, type Pairs, pooled } from './compare.ts'
import { describeCommit, resolveCommit, THIS_TREE, withTree } from './other-tree.ts'
import { type Side, startSide } from './start-side.ts'

/** How many pairs of each measurement. */
const STARTS = 6
const SEARCHES = 8
const IMPORTS = 6
const WARM_UP_SEED = 1000
/** Names of rows. */
const START = {
  database: 'ready from PostgreSQL',
  snapshot: 'ready from a snapshot',
  memory: 'resident after a start from a snapshot',
}
const IMPORT = {
  fresh: 'import of new rows',
  again: 'import of the same file again',
  changed: 'import of a changed field in every row',
}

export async function benchGuard(options: BenchOptions): Promise<void> {
  const commit = await resolveCommit(options.against)
  const other = await describeCommit(commit)
  const say = startProgress()
  say(`comparing with ${other}`)
  await withTree(commit, async tree => {
    let sides: readonly Side[] = []
    try {
      await withDatabase(async ({ url, database, directory }) => {
        const files = { fresh: join(directory, 'fresh.csv'), changed: join(directory, 'changed.csv') }
        const generator = createGenerator(options.sizes)
        await writeImportFile(files.fresh, generator, 'as generated')
        await writeImportFile(files.changed, generator, 'another title in every row')
        const start = async (name: string, itsTree: string) => {
          await database.query(`CREATE DATABASE ${name}`)
          const databaseUrl = Object.assign(new URL(url), { pathname: `/${name}` }).href
          return startSide(itsTree, { databaseUrl, dataDir: join(directory, name), sizes: options.sizes, files })
        }
        sides = [await start('here', THIS_TREE), await start('there', tree)]
        const comparisons = await measure(sides as [Side, Side], options, say)
        printReport(options, { other, comparisons }, [comparisonTable(comparisons, other.split(' ')[0]!)])
      })
    } finally {
      for (const side of sides) await side.end()
    }
  })
}

/** `only` selects rows by their names. Rows that come from the same runs are measured together. */
async function measure(
  sides: readonly [Side, Side],
  { only, sizes }: BenchOptions,
  say: (line: string) => void,
): Promise<Comparison[]> {
  const isWanted = (names: Readonly<Record<string, string>>) => Object.values(names).some(name => only.test(name))
  say('loading the records …')
  await Promise.all(sides.map(side => side.run('load')))
  const measured: Pairs[] = []
  if (isWanted(START)) {
    say('starts …')
    // The first one compiles the code.
    for (const side of sides) await side.run('start', 'database')
    const starts = await inPairs(sides, STARTS, async side => {
      const [database, snapshot] = [await side.run('start', 'database'), await side.run('start', 'snapshot')]
      return [
        { name: START.database, unit: 's', value: database.seconds },
        { name: START.snapshot, unit: 's', value: snapshot.seconds },
        { name: START.memory, unit: 'MB', value: snapshot.megabytes },
      ]
    })
    measured.push(...starts)
  }
  const searches = await measureSearches(sides, only, sizes, say)
  if (isWanted(IMPORT)) {
    say('imports …')
    const imports = await inPairs(sides, IMPORTS, async side => {
      const { fresh, again, changed } = await side.run('importFiles')
      return [
        { name: IMPORT.fresh, unit: 'rows/s', value: sizes.contacts / fresh },
        { name: IMPORT.again, unit: 'rows/s', value: sizes.contacts / again },
        { name: IMPORT.changed, unit: 'rows/s', value: sizes.contacts / changed },
      ]
    })
    measured.push(...imports)
  }
  return [...measured, ...searches].map(compare)
}

/** Each class of queries, and all of them together. */
async function measureSearches(
  sides: readonly [Side, Side],
  only: RegExp,
  sizes: Sizes,
  say: (line: string) => void,
): Promise<Pairs[]> {
  const names = queryClasses(createGenerator(sizes)).flatMap(({ name }) => (only.test(name) ? [name] : []))
  if (names.length === 0) return []
  say(`searches: ${names.length} classes …`)
  for (const side of sides) await side.run('openEngine')
  const all: Pairs[] = []
  for (const name of names) {
    for (const side of sides) await side.run('search', name, WARM_UP_SEED)
    const measured = await inPairs(sides, SEARCHES, async (side, pair) => [
      { name, unit: 'ms', value: await side.run('search', name, WARM_UP_SEED + 1 + pair) },
    ])
    all.push(...measured)
  }
  for (const side of sides) await side.run('closeEngine')
  return [pooled('all these classes of queries', all), ...all]
}

type Value = Pick<Pairs, 'name' | 'unit'> & { readonly value: number }

/** Measures both sides in turn: A B, B A, … */
async function inPairs(
  sides: readonly [Side, Side],
  count: number,
  measureSide: (side: Side, pair: number) => Promise<Value[]>,
): Promise<Pairs[]> {
  const [here, there]: [Value[][], Value[][]] = [[], []]
  for (let pair = 0; pair < count; pair++) {
    if (pair % 2 === 0) here.push(await measureSide(sides[0], pair))
    there.push(await measureSide(sides[1], pair))
    if (pair % 2 === 1) here.push(await measureSide(sides[0], pair))
  }
  return here[0]!.map(({ name, unit }, place) => ({
    name,
    unit,
    here: here.map(values => values[place]!.value),
    there: there.map(values => values[place]!.value),
  }))
}
