/** Measures both trees of `bench guard` in turn. */
import { createGenerator, type Sizes } from '../data/generate.ts'
import type { BenchOptions } from '../options.ts'
import { queryClasses } from '../queries/query-classes.ts'
import { type Pairs, pooled } from './compare.ts'
import type { Side } from './start-side.ts'

/** The processes that measure this tree and the other one. */
export interface Sides {
  readonly here: Side
  readonly there: Side
}

/** Runs `work` with new processes. */
export type WithSides = <T>(work: (sides: Sides) => Promise<T>) => Promise<T>

/** By chance, all of eight pairs point in the same direction once in 128 times. */
const PAIRS = 8
/** Which side is measured first: A B, B A, … */
const ORDERS = [
  ['here', 'there'],
  ['there', 'here'],
] as const
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
const WARM_UP_SEED = 1000

/** An import takes far longer than a start. With all records, the imports alone would take ten minutes on a slow machine. */
export function importSizes({ contacts, companies }: Sizes): Sizes {
  return { contacts: Math.ceil(contacts / 4), companies: Math.ceil(companies / 4) }
}

/** `only` selects rows by their names. Rows that come from the same runs are measured together. */
export async function measurePairs(
  withSides: WithSides,
  { only, sizes }: BenchOptions,
  say: (line: string) => void,
): Promise<Pairs[]> {
  const isWanted = (names: Readonly<Record<string, string>>) => Object.values(names).some(name => only.test(name))
  say('loading the records …')
  await withSides(({ here, there }) => Promise.all([here.run('load'), there.run('load')]))
  const measured: Pairs[] = []
  if (isWanted(START)) {
    say('starts …')
    measured.push(...(await withSides(measureStarts)))
  }
  const classes = queryClasses(createGenerator(sizes)).flatMap(({ name }) => (only.test(name) ? [name] : []))
  const searches = classes.length === 0 ? [] : await measureSearches(withSides, classes, say)
  if (isWanted(IMPORT)) {
    say('imports …')
    measured.push(...(await withSides(sides => measureImports(sides, importSizes(sizes).contacts))))
  }
  return [...measured, ...searches]
}

async function measureStarts(sides: Sides): Promise<Pairs[]> {
  // The first one compiles the code.
  for (const side of ORDERS[0]) await sides[side].run('start')
  return await inTurn(sides, async side => {
    const { fromDatabase, fromSnapshot, megabytes } = await side.run('start')
    return [
      { name: START.database, unit: 's', value: fromDatabase },
      { name: START.snapshot, unit: 's', value: fromSnapshot },
      { name: START.memory, unit: 'MB', value: megabytes },
    ]
  })
}

async function measureImports(sides: Sides, rows: number): Promise<Pairs[]> {
  return await inTurn(sides, async side => {
    const { fresh, again, changed } = await side.run('importFiles')
    return [
      { name: IMPORT.fresh, unit: 'rows/s', value: rows / fresh },
      { name: IMPORT.again, unit: 'rows/s', value: rows / again },
      { name: IMPORT.changed, unit: 'rows/s', value: rows / changed },
    ]
  })
}

type Value = Pick<Pairs, 'name' | 'unit'> & { readonly value: number }

async function inTurn(sides: Sides, measure: (side: Side) => Promise<Value[]>): Promise<Pairs[]> {
  const values = { here: [] as Value[][], there: [] as Value[][] }
  for (let pair = 0; pair < PAIRS; pair++)
    for (const side of ORDERS[pair % 2]!) values[side].push(await measure(sides[side]))
  return values.here[0]!.map(({ name, unit }, place) => ({
    name,
    unit,
    here: values.here.map(each => each[place]!.value),
    there: values.there.map(each => each[place]!.value),
  }))
}

/**
 * Each class of queries, and all of them together. Each pair has new processes: what V8 makes of the same code differs between two
 * processes by up to a tenth.
 */
async function measureSearches(
  withSides: WithSides,
  classes: readonly string[],
  say: (line: string) => void,
): Promise<Pairs[]> {
  const all = classes.map(name => ({ name, unit: 'ms' as const, here: [] as number[], there: [] as number[] }))
  for (let pair = 0; pair < PAIRS; pair++) {
    say(`searches, pair ${pair + 1} of ${PAIRS} …`)
    await withSides(async sides => {
      for (const side of ORDERS[0]) {
        await sides[side].run('openEngine')
        for (const name of classes) await sides[side].run('search', name, WARM_UP_SEED)
      }
      for (const [place, name] of classes.entries())
        for (const side of ORDERS[(pair + place) % 2]!)
          all[place]![side].push(await sides[side].run('search', name, WARM_UP_SEED + 1 + pair))
    })
  }
  return [pooled('all these classes of queries', all), ...all]
}
