/** `npm run cluster`, as far as it goes without its services. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { missingForGoProgram } from '../cluster/servers/go-programs.ts'
import { ROOT, temporaryDirectory } from './processes.ts'

async function startCluster(directory: string, port: number) {
  const args = [join(ROOT, 'examples/cluster/main.ts'), '--directory', directory, '--ports-from', String(port)]
  return await new Promise<{ code: unknown; stdout: string; stderr: string }>(resolve =>
    execFile(process.execPath, args, { cwd: dirname(directory) }, (error, stdout, stderr) =>
      resolve({ code: error?.code, stdout, stderr }),
    ),
  )
}

test('`npm run cluster` does not start beside parts that an earlier run has left', async () => {
  const directory = join(temporaryDirectory(), 'cluster')
  const below = join(directory, 'postgres')
  mkdirSync(below, { recursive: true })
  const part = spawn('sleep', ['60'], { cwd: below })
  try {
    await once(part, 'spawn')
    writeFileSync(join(directory, 'postgres.pid'), `${part.pid}\n`)
    // The number of another program, and one that is not finished.
    writeFileSync(join(directory, 's3.pid'), `${process.pid}\n`)
    writeFileSync(join(directory, 'opensearch.pid'), '')
    const { code, stderr } = await startCluster(directory, 1)
    assert.equal(code, 1)
    assert.equal(
      stderr,
      `parts of an earlier run still use this folder: postgres (pid ${part.pid}). If \`npm run cluster\` is running, press Ctrl-C there. Otherwise end them with: kill -INT $(cat cluster/postgres.pid)\n`,
    )
  } finally {
    part.kill()
  }
})

test('`npm run cluster` says that a port is taken before it downloads anything', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const directory = join(temporaryDirectory(), 'cluster')
  const { code, stdout, stderr } = await startCluster(directory, port)
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
