/** `npm run cluster`, as far as it goes without its services. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { ROOT, temporaryDirectory } from './processes.ts'

test('`npm run cluster` says that a port is taken before it downloads anything', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const directory = join(temporaryDirectory(), 'cluster')
  const args = [join(ROOT, 'examples/cluster/main.ts'), '--directory', directory, '--ports-from', String(port)]
  const { code, stdout, stderr } = await new Promise<{ code: unknown; stdout: string; stderr: string }>(resolve =>
    execFile(process.execPath, args, (error, stdout, stderr) => resolve({ code: error?.code, stdout, stderr })),
  )
  taken.close()
  assert.equal(code, 1)
  assert.match(stderr, new RegExp(`^port ${port} \\(api\\) cannot be used: .*--ports-from 18000\\n$`))
  assert.equal(stdout, '')
  assert.ok(!existsSync(directory))
})
