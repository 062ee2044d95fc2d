import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startTestServer } from '../helpers/server.ts'
import { connectra, ROOT } from './processes.ts'

test('the command line, /health, the OpenAPI document, the lock file and the changelog have the version of package.json', async () => {
  const read = async (name: string) => await readFile(join(ROOT, name), 'utf8')
  const { version } = JSON.parse(await read('package.json'))
  const { code, stdout } = await connectra(['--version'], {})
  assert.deepEqual({ code, stdout }, { code: 0, stdout: `${version}\n` })
  const server = await startTestServer()
  assert.equal((await server.get('/health')).body.version, version)
  assert.equal((await server.get('/openapi.json')).body.info.version, version)
  assert.equal(JSON.parse(await read('package-lock.json')).version, version)
  assert.ok((await read('CHANGELOG.md')).includes(version))
})
