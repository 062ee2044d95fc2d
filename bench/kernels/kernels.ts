/**
 * `bench kernels`: the loops over sets of records, in JavaScript as the index runs them, and one of them with SIMD in WebAssembly. Best of
 * many runs, in microseconds. WebAssembly only works on its own memory, so either the sets are copied there, or all segments live there.
 */
import { countBits, countCommonBits, listBits, setBit, wordsFor } from '../../src/search/embedded/sets/bitset.ts'
import { createScratch } from '../../src/search/embedded/sets/scratch.ts'
import { dense, intersect } from '../../src/search/embedded/sets/slots.ts'
import { createRandom } from '../data/random.ts'
import type { BenchOptions } from '../options.ts'
import { significant } from '../shared/figures.ts'
import { printReport } from '../shared/report.ts'
import { instantiate } from './count-common.ts'

const RUNS = 300
/** The share of the records in each set. */
const SHARE = 0.2

export async function benchKernels(options: BenchOptions): Promise<void> {
  const size = options.sizes.contacts
  const random = createRandom(1)
  const [a, b] = [someBits(), someBits()]
  const { countCommon, copy } = await instantiate(a, b)
  const scratch = createScratch()

  function someBits(): Int32Array {
    const bits = new Int32Array(new SharedArrayBuffer(4 * wordsFor(size)))
    for (let slot = 0; slot < size; slot++) if (random.chance(SHARE)) setBit(bits, slot)
    return bits
  }

  const measured = Object.entries({
    'intersection, then its size': () => {
      const both = intersect(dense(a), dense(b), scratch)
      scratch.release()
      return both.kind === 'dense' ? countBits(both.bits) : -1
    },
    'size of an intersection, in one loop': () => countCommonBits(a, b),
    'the same with SIMD, sets in the memory of WebAssembly': countCommon,
    'the same with SIMD, sets copied first': () => {
      copy()
      return countCommon()
    },
    'list of a set': () => listBits(a).length,
  }).map(([kernel, run]) => ({ kernel, ...bestOf(run) }))
  printReport(options, { measured }, [
    {
      header: ['kernel', 'best, µs', 'result'],
      rows: measured.map(({ kernel, microseconds, result }) => [
        kernel,
        significant(microseconds),
        result.toLocaleString('en'),
      ]),
    },
  ])
}

function bestOf(run: () => number): { microseconds: number; result: number } {
  let milliseconds = Number.POSITIVE_INFINITY
  let result = 0
  for (let round = 0; round < RUNS; round++) {
    const started = performance.now()
    result = run()
    milliseconds = Math.min(milliseconds, performance.now() - started)
  }
  return { microseconds: milliseconds * 1000, result }
}
