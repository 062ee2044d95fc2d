import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { introduceKey } from '../../src/commands/serve.ts'
import { connectra, postgresOf, ROOT, serve, temporaryDirectory, until, usedDirectory } from './processes.ts'

const run = promisify(execFile)

test('the first start shows where its key is, with a curl line that works when pasted', async () => {
  const dataDir = temporaryDirectory()
  const first = await serve(dataDir)
  const file = join(dataDir, 'api-key')
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal(readFileSync(file, 'utf8'), `${first.key}\n`)
  await until(() => /^ {2}curl .*\n/m.test(first.output()), 10_000)
  const lines = first.output().split('\n')
  const logged = lines.filter(line => line.startsWith('{'))
  assert.ok(logged.length > 0 && !logged.join().includes(first.key), 'the log has no secret')
  assert.ok(!first.output().includes(first.key), 'this is not a terminal')
  assert.match(first.output(), /^An API key has been created\. It is stored in \S*api-key\.$/m)
  const curl = lines.find(line => line.startsWith('  curl '))!
  const { stdout } = await run('sh', ['-c', `${curl} -sS`], { cwd: tmpdir() })
  assert.equal((JSON.parse(stdout) as { success: boolean }).success, true)
  first.process.kill('SIGTERM')
  await first.end()

  const second = await serve(dataDir)
  assert.equal(second.key, first.key)
  await until(() => /the API key is in [^"]*api-key/.test(second.output()), 10_000)
  assert.ok(!second.output().includes(first.key))
  assert.equal((await second.post('/contacts/count', {})).status, 200)
})

test('on a terminal the first key is shown, with a curl line', () => {
  assert.equal(
    introduceKey('ck_secret', 'data/api-key', 'http://localhost:8000', true, null),
    `
An API key has been created. It is stored in data/api-key and will not be shown again:

  ck_secret

Try it:

  curl -H "Authorization: Bearer ck_secret" http://localhost:8000/common/contact/filters
`,
  )
  assert.match(
    introduceKey('ck_secret', "/it's/api-key", 'http://h', false, null),
    /Bearer \$\(cat '\/it'\\''s\/api-key'\)"/,
  )
})

test('if the console is built, the first start shows how to open it, and a code on a terminal only', () => {
  assert.equal(
    introduceKey('ck_secret', 'data/api-key', 'http://h', true, 'http://h/#/sign-in?code=si_secret'),
    `
An API key has been created. It is stored in data/api-key and will not be shown again:

  ck_secret

Open the console. This address signs you in, once, within 15 minutes:

  http://h/#/sign-in?code=si_secret

Or try the API:

  curl -H "Authorization: Bearer ck_secret" http://h/common/contact/filters
`,
  )
  assert.equal(
    introduceKey('ck_secret', 'data/api-key', 'http://h', false, 'http://h'),
    `
An API key has been created. It is stored in data/api-key.

Open the console at http://h: \`connectra console\` prints an address that signs you in.

Or try the API:

  curl -H "Authorization: Bearer $(cat data/api-key)" http://h/common/contact/filters
`,
  )
})

test('with API_KEYS no key is made, and those are accepted; a second server on the directory is one clear line at once', async () => {
  const dataDir = usedDirectory()
  const server = await serve(dataDir, { API_KEYS: 'a-key-of-my-own-choice' })
  assert.throws(() => statSync(join(dataDir, 'api-key')), { code: 'ENOENT' })
  assert.equal((await server.post('/companies/count', {})).status, 200)

  const { code, stderr } = await connectra(['serve'], { DATA_DIR: dataDir, PORT: '0' })
  assert.equal(code, 1)
  assert.match(
    stderr,
    new RegExp(
      `^connectra: the data directory [^\\n]* is in use by \`connectra serve\` \\(process ${server.process.pid}\\)[^\\n]*\\n$`,
    ),
  )
  assert.equal((await server.post('/contacts/count', {})).status, 200)
})

test('settings that cannot be used are listed all at once, with exit code 2 and no secret shown', async () => {
  const { code, stderr } = await connectra(['serve'], {
    DATA_DIR: temporaryDirectory(),
    PORT: '70000',
    RATE_LIMIT: '-1',
    URL_EXPIRY: 'soon',
    DATABASE_URL: 'mysql://user:hunter2@host/name',
    LOG_LEVEL: '',
  })
  assert.equal(code, 2)
  for (const name of ['PORT', 'RATE_LIMIT', 'URL_EXPIRY', 'DATABASE_URL'])
    assert.match(stderr, new RegExp(`^  ${name} `, 'm'))
  assert.ok(!stderr.includes('hunter2'))
  assert.ok(!stderr.includes('LOG_LEVEL'))
})

test('a taken port is one clear line, and PostgreSQL is stopped again', async () => {
  const dataDir = usedDirectory()
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const { port } = holder.address() as AddressInfo
  const { code, stderr } = await connectra(['serve'], { DATA_DIR: dataDir, PORT: String(port) })
  holder.close()
  assert.equal(code, 1)
  assert.match(
    stderr,
    new RegExp(`^connectra: port ${port} on 127.0.0.1 is already in use: [^\\n]*set PORT[^\\n]*\\n$`),
  )
  assert.equal(postgresOf(dataDir), null)
})

test('a data directory that cannot be made is one clear line', async () => {
  const { code, stderr } = await connectra(['serve'], { DATA_DIR: '/proc/connectra', PORT: '0' })
  assert.equal(code, 1)
  assert.match(stderr, /^connectra: the data directory \/proc\/connectra cannot be used: [^\n]*\n$/)
})

test('the launcher runs under an older Node.js, and hands on arguments, exit codes and signals', async t => {
  const older = '/usr/bin/node'
  const version = await run(older, ['-p', 'process.versions.node']).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  )
  if (version === null || Number(version.split('.')[0]) >= 24)
    return t.diagnostic('no older Node.js here to try it with')
  const dataDir = usedDirectory()
  const launcher = join(ROOT, 'bin/connectra.js')
  const refused = await run(older, [launcher, 'keys', 'revoke', 'x']).catch(error => error as { code: number })
  assert.equal((refused as { code: number }).code, 2)

  const child = spawn(older, [launcher, 'serve'], {
    env: { ...process.env, DATA_DIR: dataDir, PORT: '0' },
    stdio: 'pipe',
  })
  let output = ''
  child.stdout.on('data', chunk => {
    output += chunk
  })
  await until(() => output.includes('"ready"'), 60_000)
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
  assert.equal(postgresOf(dataDir), null)
})
