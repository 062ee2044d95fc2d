/** The data of an installation that was started and stopped before, for tests that are not about the first start. */
import { execFileSync } from 'node:child_process'

/** Puts a migrated cluster without records into the directory, which must exist. A first start takes seconds to make one. */
export function copyUsedData(directory: string): void {
  const used = process.env.CONNECTRA_TEST_DATA
  if (!used) throw new Error('run the tests by `npm test`: its global setup makes the data')
  // With owners and modes, which `fs.cp` does not keep.
  execFileSync('cp', ['-a', `${used}/.`, directory])
}
