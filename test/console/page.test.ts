import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { hasConsole, openConsole } from '../../src/console/built-console.ts'
import type { ObjectStore } from '../../src/files/object-store.ts'
import type { ServerParts } from '../../src/http/parts.ts'
import { consoleReader } from '../../src/http/routes/console.ts'
import { startTestServer } from '../helpers/server.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const PAGE = '<!doctype html><title>Connectra</title><script type="module" src="./assets/app-1a2b.js"></script>'
const SCRIPT = `console.log('${'x'.repeat(5000)}')`
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

const directory = mkdtempSync(join(tmpdir(), 'connectra-console-'))
after(() => rmSync(directory, { recursive: true }))
mkdirSync(join(directory, 'assets'))
writeFileSync(join(directory, 'index.html'), PAGE)
for (const [name, content] of [
  ['app-1a2b.js', SCRIPT],
  ['app-1a2b.js.br', brotliCompressSync(SCRIPT)],
  ['app-1a2b.js.gz', gzipSync(SCRIPT)],
  ['style-3c4d.css', 'body { color: red }'],
  ['font-5e6f.woff2', 'font'],
  ['mark-7a8b.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ['.secret', 'secret'],
] as const)
  writeFileSync(join(directory, 'assets', name), content)

const server = await startTestServer({}, { consoleDirectory: directory })

interface Raw {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly body: Buffer
}

/** Sends the path as it is, and does not decompress the reply. */
async function raw(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Raw> {
  const { promise, resolve, reject } = Promise.withResolvers<Raw>()
  const { hostname, port } = new URL(server.url)
  request({ hostname, port, path, method, headers, agent: false }, async response => {
    const body = Buffer.concat(await response.toArray())
    resolve({ status: response.statusCode!, headers: response.headers, body })
  })
    .on('error', reject)
    .end()
  return await promise
}

test('A browser gets the page of the console, which may load and send only to this server', async () => {
  for (const method of ['GET', 'HEAD']) {
    const { status, headers, body } = await raw('/', HTML, method)
    assert.equal(status, 200)
    assert.equal(headers['content-type'], 'text/html; charset=utf-8')
    assert.equal(headers['cache-control'], 'no-cache')
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(
      headers['content-security-policy'],
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    assert.equal(body.toString(), method === 'GET' ? PAGE : '')
  }
  assert.equal((await raw('/', { accept: 'application/json' })).status, 401)
  assert.equal((await raw('/', HTML, 'POST')).status, 401)
})

test('The page and its assets follow a new build; without a build there is the welcome page, and how to build', async () => {
  const page = async () => (await raw('/', HTML)).body.toString()
  const asset = async (name: string) => (await raw(`/assets/${name}`)).body.toString()
  assert.equal(await page(), PAGE)
  renameSync(join(directory, 'assets'), join(directory, 'assets.previous'))
  assert.equal(await asset('app-1a2b.js'), SCRIPT, 'it is in memory')
  mkdirSync(join(directory, 'assets'))
  writeFileSync(join(directory, 'assets/next-9c0d.js'), 'next')
  writeFileSync(join(directory, 'index.html'), '<title>Next</title>')
  await waitUntil('the new build is there', async () => (await page()) === '<title>Next</title>')
  assert.equal(await asset('next-9c0d.js'), 'next')
  assert.equal(await asset('app-1a2b.js'), SCRIPT, 'a page of the build before loads its parts')

  rmSync(join(directory, 'index.html'))
  assert.equal(await hasConsole(directory), false)
  await waitUntil('there is the welcome page', async () => /npm run build:console/.test(await page()))
  const welcome = await raw('/', HTML)
  assert.match(String(welcome.headers['content-security-policy']), /^default-src 'none'; style-src 'sha256-/)
  rmSync(join(directory, 'assets'), { recursive: true })
  renameSync(join(directory, 'assets.previous'), join(directory, 'assets'))
  writeFileSync(join(directory, 'index.html'), PAGE)
  assert.equal(await hasConsole(directory), true)
  await waitUntil('the page is there again', async () => (await page()) === PAGE)
})

test('Many requests at once read the files once', async () => {
  const readBuild = openConsole(directory)
  const builds = await Promise.all(Array.from({ length: 1000 }, () => readBuild()))
  assert.ok(builds[0] !== null && builds.every(build => build === builds[0]))
  assert.deepEqual([...builds[0].assets.keys()].sort(), [
    'app-1a2b.js',
    'font-5e6f.woff2',
    'mark-7a8b.svg',
    'style-3c4d.css',
  ])
  assert.equal(await openConsole(join(directory, 'missing'))(), null)
})

test('Assets need no key, never change, and have their types', async () => {
  for (const [name, type] of [
    ['app-1a2b.js', 'application/javascript; charset=utf-8'],
    ['style-3c4d.css', 'text/css; charset=utf-8'],
    ['font-5e6f.woff2', 'font/woff2'],
    ['mark-7a8b.svg', 'image/svg+xml'],
  ] as const)
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await raw(`/assets/${name}`, {}, method)
      assert.equal(status, 200, name)
      assert.equal(headers['content-type'], type)
      assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable')
      assert.equal(headers['x-content-type-options'], 'nosniff')
    }
})

test('A compressed file beside an asset is sent to clients that accept it', async () => {
  const expand = { br: brotliDecompressSync, gzip: gunzipSync }
  for (const [accepted, encoding] of [
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, GZIP;q=0.5', 'gzip'],
  ] as const) {
    const { headers, body } = await raw('/assets/app-1a2b.js', { 'accept-encoding': accepted })
    assert.equal(headers['content-encoding'], encoding)
    assert.equal(headers['content-type'], 'application/javascript; charset=utf-8')
    assert.match(String(headers.vary), /accept-encoding/i)
    assert.equal(expand[encoding](body).toString(), SCRIPT)
  }
  for (const accepted of ['', 'deflate', 'brotli', 'br;q=0, gzip; q=0.0']) {
    const plain = await raw('/assets/app-1a2b.js', { 'accept-encoding': accepted })
    assert.equal(plain.headers['content-encoding'], undefined, accepted)
    assert.equal(plain.headers['content-length'], String(SCRIPT.length))
    assert.equal(plain.body.toString(), SCRIPT)
  }
})

test('Nothing outside of the folder of assets can be read, and what is not there is an error in JSON', async () => {
  for (const path of [
    '/assets/',
    '/assets/missing.js',
    '/assets/.secret',
    '/assets/../index.html',
    '/assets/%2e%2e/index.html',
    '/assets/..%2findex.html',
    '/assets/%5c..%5cindex.html',
    '/assets/%00',
    '/assets/%',
  ]) {
    const { status, headers, body } = await raw(path)
    assert.ok(status === 404 || status === 400 || status === 401, `${path} ${status}`)
    assert.match(String(headers['content-type']), /^application\/json/, path)
    assert.equal(JSON.parse(body.toString()).success, false, path)
    assert.notEqual(headers['cache-control'], 'public, max-age=31536000, immutable', path)
  }
  // Ranges are not supported, so the reply is the whole file.
  const whole = await raw('/assets/app-1a2b.js', { range: 'bytes=99999-' })
  assert.deepEqual([whole.status, whole.body.toString()], [200, SCRIPT])
  assert.equal((await raw('/assets/app-1a2b.js', {}, 'POST')).status, 401)
})

test('Uploads may go to the buckets or to PUBLIC_URL, if that is another origin', async () => {
  const sign = (url: string) => ({ uploadOrigin: async () => new URL(url).origin }) as unknown as ObjectStore
  const policyOf = async (store: ObjectStore, publicUrl: string | null) => {
    const parts = { config: { publicUrl }, store } as unknown as ServerParts
    const { policy } = (await consoleReader(parts, openConsole(directory))())!
    return /connect-src ([^;]*)/.exec(policy)![1]
  }
  const one = sign('https://one.s3.eu-central-1.amazonaws.com/uploads/x?X-Amz-Signature=1')
  assert.equal(await policyOf(one, null), "'self' https://one.s3.eu-central-1.amazonaws.com")
  const buckets = new Map([
    ['one', one],
    ['two', sign('https://files.example:9000/two/x')],
    ['three', sign('https://files.example:9000/three/x')],
  ])
  assert.equal(
    await policyOf({ ...one, buckets }, 'https://connectra.example'),
    "'self' https://one.s3.eu-central-1.amazonaws.com https://files.example:9000",
  )
  const inDirectory = { ...one, verify: () => {} } as ObjectStore
  assert.equal(await policyOf(inDirectory, 'https://connectra.example/base'), "'self' https://connectra.example")
  assert.equal(await policyOf(inDirectory, null), "'self'")
  const failing = { uploadOrigin: async () => assert.fail('no region') } as unknown as ObjectStore
  assert.equal(await policyOf(failing, null), "'self'")
})
