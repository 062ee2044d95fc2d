/** A process with an index that writes snapshots all the time. Tests kill it. */
import { openEmbeddedEngine } from '../../../src/search/embedded/engine.ts'
import { EAGER } from './snapshots.ts'

const [databaseUrl, directory] = process.argv.slice(2)
const log = { info: tell, warn: tell, error: tell }

function tell(_: object, message: string): void {
  process.send!(message)
}

openEmbeddedEngine({ databaseUrl: databaseUrl!, directory: directory!, patience: EAGER, log })
