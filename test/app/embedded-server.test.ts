import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { findEmbeddedServer, startEmbeddedServer } from '../../src/database/embedded-server.ts'
import { copyUsedData } from '../helpers/used-data.ts'

const root = mkdtempSync(join(tmpdir(), 'connectra-embedded-test-'))
after(() => rmSync(root, { recursive: true, force: true }))

/** The directory of this name, with a cluster that was stopped in order. */
function used(name: string): string {
  const directory = join(root, name)
  mkdirSync(directory, { mode: 0o700 })
  copyUsedData(directory)
  return directory
}

function postmaster(directory: string): number {
  return Number(readFileSync(join(directory, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ')
  } catch {
    return false
  }
}

async function until(condition: () => boolean, deadline: number): Promise<void> {
  const end = Date.now() + deadline
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${deadline} ms: ${condition}`)
    await delay(10)
  }
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query({ text: sql, rowMode: 'array' })
  await client.end()
  return (rows[0] as unknown[] | undefined)?.[0]
}

/** Another process that owns `directory` until it is killed. */
async function startOwner(directory: string) {
  const module = JSON.stringify(join(import.meta.dirname, '../../src/database/embedded-server.ts'))
  const program = `const { startEmbeddedServer } = await import(${module})
    await startEmbeddedServer(${JSON.stringify(directory)}, { command: 'serve' }); console.log('up')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', chunk => {
    errors += chunk
  })
  const [started] = await Promise.race([once(child.stdout, 'data'), once(child, 'close')])
  if (!(started instanceof Buffer)) throw new Error(errors)
  return child
}

test('it starts on a directory that does not exist, at a path too long for a socket, keeps what is written, and stops', async () => {
  const directory = join(root, 'd'.repeat(120), 'with space', 'ü')
  const first = await startEmbeddedServer(directory, { command: 'test' })
  await ask(first.adminUrl('postgres'), 'CREATE TABLE kept AS SELECT 42 AS answer')
  await first.stop()
  const again = await startEmbeddedServer(directory, { command: 'test' })
  assert.equal(await ask(again.adminUrl('postgres'), 'SELECT answer FROM kept'), 42)
  const socketDirectory = new URL(again.url('postgres')).searchParams.get('host')!
  assert.ok(existsSync(socketDirectory))
  await again.stop()
  assert.equal(existsSync(socketDirectory), false)
})

test('a directory in use by a living process is refused at once, and its server can be found', async () => {
  const directory = used('busy')
  const owner = await startOwner(directory)
  const began = Date.now()
  await assert.rejects(startEmbeddedServer(directory, { command: 'test' }), {
    code: 'ERR_CONFLICT',
    message: new RegExp(`in use by \`connectra serve\` \\(process ${owner.pid}\\)`),
  })
  assert.ok(Date.now() - began < 1000)
  const found = await findEmbeddedServer(directory)
  assert.equal(await ask(found!.url('postgres'), 'SELECT 1'), 1)
  owner.kill('SIGKILL')
  await once(owner, 'exit')
})

test('a killed owner takes PostgreSQL along within a second, its socket too, and the next start recovers', async () => {
  const directory = used('killed')
  const owner = await startOwner(directory)
  const found = await findEmbeddedServer(directory)
  await ask(found!.adminUrl('postgres'), 'CREATE TABLE kept AS SELECT 42 AS answer')
  const pid = postmaster(directory)
  owner.kill('SIGKILL')
  await until(() => !alive(pid), 1000)
  await until(() => !existsSync(new URL(found!.url('postgres')).searchParams.get('host')!), 1000)
  assert.equal(await findEmbeddedServer(directory), null)
  const server = await startEmbeddedServer(directory, { command: 'test' })
  assert.equal(await ask(server.adminUrl('postgres'), 'SELECT answer FROM kept'), 42)
  await server.stop()
})

test('a start right after the owner was killed waits for its PostgreSQL to end', async () => {
  const directory = used('restarted')
  const owner = await startOwner(directory)
  owner.kill('SIGKILL')
  const server = await startEmbeddedServer(directory, { command: 'test' })
  assert.equal(await ask(server.url('postgres'), 'SELECT 1'), 1)
  await server.stop()
})

test('a PostgreSQL whose owner and guard were both killed is ended by the next start', async () => {
  const directory = used('orphan')
  const owner = await startOwner(directory)
  const pid = postmaster(directory)
  const guard = Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ')[1])
  // The part of the guard that waits for the end of its owner would end PostgreSQL, too. It goes first, because the owner
  // closes its pipe when the guard has ended.
  const children = readFileSync(`/proc/${guard}/task/${guard}/children`, 'latin1').trim().split(' ').map(Number)
  for (const part of [...children.filter(child => child !== pid), guard]) process.kill(part, 'SIGKILL')
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  assert.ok(alive(pid))
  const server = await startEmbeddedServer(directory, { command: 'test' })
  assert.equal(alive(pid), false)
  await server.stop()
})

test('a lock file whose process id belongs to someone else by now is no obstacle', async () => {
  const directory = used('reused')
  writeFileSync(
    join(directory, 'postgres/postmaster.pid'),
    `${process.pid}\n${directory}/postgres\n0\n5432\n/nowhere\n\n\nready\n`,
  )
  writeFileSync(
    join(directory, 'owner.json'),
    JSON.stringify({ pid: process.pid, identity: 'another', command: 'serve' }),
  )
  writeFileSync(join(directory, 'postgres/pg_hba.conf'), 'local all all trust\nhost all all 127.0.0.1/32 trust\n')
  const server = await startEmbeddedServer(directory, { command: 'test' })
  assert.equal(await ask(server.url('postgres'), 'SELECT 1'), 1)
  // What an earlier version wrote is replaced: only the socket is left, and a role that is not a superuser.
  const rules = `SELECT string_agg(type || ' ' || array_to_string(database, ','), ';') FROM pg_hba_file_rules`
  assert.equal(await ask(server.adminUrl('postgres'), rules), 'local all')
  assert.equal(await ask(server.url('postgres'), 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user'), false)
  await server.stop()
})

test('of several starts in the same moment one gets the directory, the others are told', async () => {
  const directory = join(root, 'race')
  const outcomes = await Promise.allSettled([startOwner(directory), startOwner(directory), startOwner(directory)])
  assert.equal(outcomes.filter(outcome => outcome.status === 'fulfilled').length, 1)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') assert.match(outcome.reason.message, /in use by `connectra serve`/)
    else outcome.value.kill('SIGKILL')
  }
})

test('the end of PostgreSQL is noticed, even if somebody has deleted its log', async () => {
  const directory = used('ended')
  const server = await startEmbeddedServer(directory, { command: 'test' })
  rmSync(join(directory, 'postgres.log'))
  process.kill(postmaster(directory), 'SIGKILL')
  assert.equal(typeof (await server.ended), 'string')
  await server.stop()
})

test('a half-made cluster of a killed start is no obstacle', async () => {
  const directory = join(root, 'half')
  mkdirSync(join(directory, 'postgres.new-999999999'), { recursive: true })
  const server = await startEmbeddedServer(directory, { command: 'test' })
  assert.equal(existsSync(join(directory, 'postgres.new-999999999')), false)
  await server.stop()
})

test('data of another major version is refused with a word on what to do', async () => {
  const directory = used('version')
  writeFileSync(join(directory, 'postgres/PG_VERSION'), '15\n')
  await assert.rejects(startEmbeddedServer(directory, { command: 'test' }), {
    message:
      /written by PostgreSQL 15, but this version of Connectra runs PostgreSQL 18: make a backup .* restore the backup there/,
  })
})

test('a data directory that cannot be made is one clear line', async () => {
  writeFileSync(join(root, 'file'), '')
  await assert.rejects(startEmbeddedServer(join(root, 'file'), { command: 'test' }), {
    code: 'ERR_UNAVAILABLE',
    message: /cannot be used: it is a file/,
  })
  await assert.rejects(startEmbeddedServer(join(root, 'file/below'), { command: 'test' }), {
    message: /part of the path is a file/,
  })
  await assert.rejects(startEmbeddedServer('/proc/connectra', { command: 'test' }), {
    message: /the data directory \/proc\/connectra cannot be used/,
  })
})

test('settings of the surroundings do not reach PostgreSQL or its clients', async () => {
  const before = { ...process.env }
  Object.assign(process.env, { PGPORT: '1', PGSSLMODE: 'require', PGDATA: '/nowhere', LC_ALL: 'xx_XX.UTF-8' })
  try {
    const server = await startEmbeddedServer(join(root, 'surroundings'), { command: 'test' })
    assert.equal(await ask(server.url('postgres'), 'SHOW port'), '5432')
    await server.stop()
  } finally {
    process.env = before
  }
})

// Only root can change users.
if (process.getuid?.() === 0) {
  test("root runs data that is another user's as that user, or says what is in the way", async () => {
    const directory = used('given')
    await (await startEmbeddedServer(directory, { command: 'test' })).stop()
    execFileSync('chown', ['-R', '65534:65534', join(directory, 'postgres')])
    execFileSync('chmod', ['a+x', directory, root])
    await startsAsNobody(directory)
  })

  test('where user namespaces are refused, PostgreSQL of root runs as nobody, or says what is in the way', async () => {
    const directory = join(root, 'nobody')
    const refusing = join(root, 'bin')
    mkdirSync(refusing)
    writeFileSync(join(refusing, 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    execFileSync('chmod', ['a+x', root])
    const { PATH } = process.env
    process.env.PATH = `${refusing}:${PATH}`
    try {
      await startsAsNobody(directory)
    } finally {
      process.env.PATH = PATH
    }
  })
}

async function startsAsNobody(directory: string): Promise<void> {
  const started = startEmbeddedServer(directory, { command: 'test' })
  if (!isReachableForNobody(import.meta.dirname)) {
    await assert.rejects(started, {
      message: /cannot run as root, and .* has no access to .*: run Connectra as an ordinary user/,
    })
    return
  }
  const server = await started
  assert.equal(await ask(server.url('postgres'), 'SELECT 1'), 1)
  assert.equal(statSync(join(directory, 'postgres')).uid, 65_534)
  await server.stop()
}

function isReachableForNobody(path: string): boolean {
  try {
    execFileSync('test', ['-x', path], { uid: 65_534, gid: 65_534 })
    return true
  } catch {
    return false
  }
}
