/** `npm run cluster`, as far as it goes without its services. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { missingForGoProgram } from '../cluster/servers/go-programs.ts'
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

test('a service that cannot be built is reported with what Go wrote, and Go may download a newer Go', async () => {
  const bin = temporaryDirectory()
  const script = '#!/bin/sh\n[ "$1" = version ] || { echo "$2: no such host, GOTOOLCHAIN=$GOTOOLCHAIN" >&2; exit 1; }\n'
  writeFileSync(join(bin, 'go'), script, { mode: 0o755 })
  const { PATH } = process.env
  process.env.PATH = bin
  try {
    const program = { name: 'nothing', source: 'example.invalid/nothing', version: 'v1.0.0' }
    assert.equal(
      await missingForGoProgram(program),
      'nothing v1.0.0, which could not be downloaded and built (example.invalid/nothing@v1.0.0: no such host, GOTOOLCHAIN=auto),',
    )
  } finally {
    process.env.PATH = PATH
  }
})
