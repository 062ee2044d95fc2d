/**
 * `bench guard`: compares this working tree with another commit. Both are measured in turn, A B B A, so that a slow moment of the machine
 * affects both: starts and memory, every class of queries in process, and imports. A row of the table says by how much the working tree
 * differs, how far the pairs are apart, and whether that is beyond the noise.
 */
import { join } from 'node:path'
import { withDatabase } from '../data/bench-database.ts'
import { createGenerator } from '../data/generate.ts'
import { writeImportFile } from '../import/write-file.ts'
import type { BenchOptions } from '../options.ts'
import { startProgress } from '../shared/progress.ts'
import { printReport } from '../shared/report.ts'
import { compare, comparisonTable } from './compare.ts'
import { importSizes, measurePairs, type WithSides } from './measure-pairs.ts'
import { describeCommit, resolveCommit, THIS_TREE, withTree } from './other-tree.ts'
import { type Side, startSide } from './start-side.ts'
import type { Setup } from './tasks.ts'

export async function benchGuard(options: BenchOptions): Promise<void> {
  const { sizes } = options
  const commit = await resolveCommit(options.against)
  const other = await describeCommit(commit)
  const say = startProgress()
  say(`comparing with ${other}`)
  await withTree(commit, async tree => {
    const started = new Set<Side>()
    try {
      await withDatabase(async ({ directory, createDatabase }) => {
        const files = { fresh: join(directory, 'fresh.csv'), changed: join(directory, 'changed.csv') }
        const generator = createGenerator(importSizes(sizes))
        await writeImportFile(files.fresh, generator, 'as generated')
        await writeImportFile(files.changed, generator, 'another title in every row')
        const setup = async (name: string): Promise<Setup> => ({
          databaseUrl: await createDatabase(name),
          dataDir: join(directory, name),
          sizes,
          files,
        })
        const setups = { here: await setup('here'), there: await setup('there') }
        const withSides: WithSides = async work => {
          const sides = { here: startSide(THIS_TREE, setups.here), there: startSide(tree, setups.there) }
          for (const side of Object.values(sides)) started.add(side)
          const result = await work(sides)
          for (const side of Object.values(sides)) await side.end()
          return result
        }
        const comparisons = (await measurePairs(withSides, options, say)).map(compare)
        printReport(options, { other, comparisons }, [comparisonTable(comparisons, other.split(' ')[0]!)])
      })
    } finally {
      // Otherwise they would use the tree while it is removed.
      for (const side of started) await side.end()
    }
  })
}
