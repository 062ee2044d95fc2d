import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { TLSSocket } from 'node:tls'
import { openDatabase } from '../../src/database/open-database.ts'
import { createTestDatabase } from '../helpers/database.ts'

test('a database that cannot be reached is one line, then one call for each further attempt', async () => {
  const lines: string[] = []
  const attempts: boolean[] = []
  const opened = openDatabase({
    databaseUrl: 'postgresql://nobody:secret@127.0.0.1:1/nothing',
    dataDir: '/nowhere',
    connections: 4,
    command: 'test',
    share: false,
    create: false,
    patience: 1_200,
    say: line => lines.push(line),
    onAttempt: over => attempts.push(over),
    signal: new AbortController().signal,
  })
  const message = 'the database at 127.0.0.1:1/nothing cannot be used (connect ECONNREFUSED 127.0.0.1:1)'
  await assert.rejects(opened, { code: 'ERR_UNAVAILABLE', message: `${message}: check DATABASE_URL` })
  assert.deepEqual(lines, [`${message}: check DATABASE_URL; trying for 1 s`])
  assert.deepEqual(attempts, [false, false, true])
})

/** Made with openssl, valid for a hundred years. */
const CERTIFICATES = join(import.meta.dirname, '../fixtures/tls')

/**
 * The test server behind TLS, as `localhost` with a certificate of the authority in ca.pem. PostgreSQL itself listens on a Unix
 * socket, where it does not use TLS. Returns the port.
 */
async function openTlsServer(target: URL): Promise<number> {
  const path = join(target.searchParams.get('host')!, `.s.PGSQL.${target.port || 5432}`)
  const [key, cert] = ['server-key.pem', 'server.pem'].map(name => readFileSync(join(CERTIFICATES, name)))
  const open = new Set<Socket>()
  const server = createServer(client => {
    // The first message asks for TLS.
    client.once('data', () => {
      client.write('S')
      const secure = new TLSSocket(client, { isServer: true, key, cert })
      const upstream = connect(path)
      for (const end of [client, secure, upstream]) open.add(end.on('error', () => upstream.destroy()))
      secure.pipe(upstream).pipe(secure)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.close()
    for (const end of open) end.destroy()
  })
  return (server.address() as AddressInfo).port
}

test('with sslmode=verify-full the server is verified by the authority in sslrootcert and by its name', async () => {
  const { url } = await createTestDatabase()
  const target = new URL(url)
  const port = await openTlsServer(target)
  /** The message of a refusal; an empty string if the connection is encrypted. */
  const tryWith = async (host: string, options: string) => {
    const opened = openDatabase({
      databaseUrl: `postgresql://${target.username}@${host}:${port}${target.pathname}?${options}`,
      dataDir: '/nowhere',
      connections: 1,
      command: 'test',
      share: false,
      create: false,
      patience: 0,
      say: () => {},
      signal: new AbortController().signal,
    })
    return await opened.then(
      async database => {
        assert.equal((await database.pool.query('SELECT 1 AS one')).rows[0].one, 1)
        await database.close()
        return ''
      },
      error => `${error.code}: ${error.message}`,
    )
  }
  const verify = (name: string) => `sslmode=verify-full&sslrootcert=${join(CERTIFICATES, name)}`
  assert.equal(await tryWith('localhost', verify('ca.pem')), '')
  assert.equal(await tryWith('localhost', 'sslmode=no-verify'), '')
  const refused = (host: string, reason: string) =>
    `ERR_UNAVAILABLE: the database at ${host}:${port}${target.pathname} cannot be used (${reason}`
  const advice =
    'download the certificate of the authority from your provider and set sslmode=verify-full&sslrootcert=/path/to/ca.pem in DATABASE_URL'
  const untrusted = refused('localhost', `its certificate is not signed by a trusted authority): ${advice}`)
  assert.equal(await tryWith('localhost', verify('other-ca.pem')), untrusted)
  assert.equal(await tryWith('localhost', 'sslmode=verify-full'), untrusted)
  assert.equal(
    await tryWith('127.0.0.1', verify('ca.pem')),
    refused('127.0.0.1', 'its certificate is for another host: DNS:localhost): use one of these names in DATABASE_URL'),
  )
  assert.equal(
    await tryWith('localhost', verify('missing.pem')),
    `ERR_UNAVAILABLE: the file ${join(CERTIFICATES, 'missing.pem')} does not exist: check sslrootcert in DATABASE_URL`,
  )
})
