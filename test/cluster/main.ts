/**
 * `npm run test:cluster`: tests with real servers. A part whose server cannot be started on this machine is left out and reported. With
 * CI=true that is a failure.
 */
import { describeFaults } from './faults.ts'
import { describeLoadBalancer } from './load-balancer.ts'
import { describeOpenSearch } from './opensearch.ts'
import { describeRollingRestart } from './rolling-restart.ts'
import { describeS3 } from './s3.ts'
import { missingForCaddy } from './servers/caddy.ts'
import { missingForOpenSearch } from './servers/opensearch.ts'
import { missingForS3 } from './servers/versitygw.ts'
import { describeStacks, missingForStacks } from './stacks.ts'

interface Part {
  readonly name: string
  /** What is missing on this machine; null if nothing is. */
  missing(): Promise<string | null>
  /** Registers the tests. */
  describe(): Promise<void>
}

const PARTS: readonly Part[] = [
  { name: 'rolling restart', missing: async () => null, describe: describeRollingRestart },
  { name: 'load balancer', missing: missingForCaddy, describe: describeLoadBalancer },
  { name: 'S3', missing: missingForS3, describe: describeS3 },
  { name: 'OpenSearch', missing: missingForOpenSearch, describe: async () => describeOpenSearch() },
  { name: 'documented examples on S3 and OpenSearch', missing: missingForStacks, describe: describeStacks },
  {
    name: 'a cluster under faults',
    missing: async () => (await missingForS3()) ?? (await missingForOpenSearch()),
    describe: describeFaults,
  },
]

for (const { name, missing, describe } of PARTS) {
  const lacking = await missing()
  if (lacking === null) await describe()
  else {
    console.log(`${name} was not tested: ${lacking} is missing on this machine`)
    if (process.env.CI === 'true') process.exitCode = 1
  }
}
