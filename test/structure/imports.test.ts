import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { test } from 'node:test'

const SOURCE = join(import.meta.dirname, '../../src')

/** What each folder (or file) of src may import, besides itself. A path with `.ts` is one file of a folder. */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': [],
  'fields.ts': [],
  'log-type.ts': [],
  'within.ts': [],
  'yield-to-searches.ts': [],
  'config.ts': ['errors.ts'],
  'log.ts': ['config.ts'],
  'store.ts': ['config.ts', 'database', 'files'],
  text: [],
  json: ['errors.ts', 'text'],
  vql: ['errors.ts', 'fields.ts', 'text', 'json', 'records/clean.ts', 'records/uuid.ts'],
  csv: ['errors.ts', 'fields.ts', 'records/countries.ts', 'records/row-keys.ts'],
  database: ['errors.ts', 'within.ts'],
  access: ['errors.ts', 'database'],
  files: ['errors.ts'],
  records: ['errors.ts', 'fields.ts', 'text', 'database'],
  search: ['errors.ts', 'fields.ts', 'log-type.ts', 'text', 'vql', 'records', 'database', 'yield-to-searches.ts'],
  jobs: [
    'errors.ts',
    'fields.ts',
    'log-type.ts',
    'vql',
    'csv',
    'files',
    'records',
    'search',
    'database',
    'within.ts',
    'yield-to-searches.ts',
  ],
  backup: ['errors.ts', 'database', 'jobs/claims.ts'],
  http: [
    'errors.ts',
    'fields.ts',
    'config.ts',
    'text',
    'json',
    'vql',
    'files',
    'records',
    'search',
    'database',
    'access',
    'jobs',
  ],
  'app.ts': [
    'errors.ts',
    'config.ts',
    'log.ts',
    'store.ts',
    'within.ts',
    'database',
    'access',
    'search',
    'jobs',
    'http',
  ],
  commands: [
    'errors.ts',
    'fields.ts',
    'config.ts',
    'log.ts',
    'store.ts',
    'app.ts',
    'backup',
    'database',
    'access',
    'files',
    'records',
    'search',
    'jobs',
  ],
  'main.ts': ['errors.ts', 'config.ts', 'log.ts', 'commands'],
}

/** Pure: no input, no output, no clock, no randomness. */
const PURE = ['errors.ts', 'fields.ts', 'text', 'json', 'vql']
const ALLOWED_IN_PURE = /^(node:util|node:buffer)$/

const files = globSync('**/*.ts', { cwd: SOURCE }).map(name => ({
  name,
  room: name.split('/')[0]!,
  text: readFileSync(join(SOURCE, name), 'utf8'),
}))

function importsOf(text: string): string[] {
  return [
    ...text.matchAll(/^\s*(?:import|export)\b[^'"]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm),
  ].map(match => match[1] ?? match[2]!)
}

test('every folder imports only what it may, and the table says no more than that', () => {
  const wrong: string[] = []
  const unused = new Set(Object.entries(EDGES).flatMap(([room, allowed]) => allowed.map(edge => `${room} → ${edge}`)))
  for (const { name, room, text } of files) {
    const allowed = EDGES[room]
    assert.ok(allowed, `src/${room} is not in the table of this test: say what it may import`)
    for (const target of importsOf(text)) {
      if (!target.startsWith('.')) continue
      const path = relative(SOURCE, join(SOURCE, dirname(name), target))
      if (path.startsWith('..') && path.endsWith('package.json')) continue
      const itsRoom = path.split('/')[0]!
      unused.delete(`${room} → ${itsRoom}`)
      unused.delete(`${room} → ${path}`)
      if (itsRoom !== room && !allowed.includes(itsRoom) && !allowed.includes(path))
        wrong.push(`${name} imports ${path}`)
    }
  }
  assert.deepEqual(wrong, [])
  assert.deepEqual([...unused], [])
})

test('what a file exports, but for types, another one uses', () => {
  const others = globSync('{test,bench,scripts}/**/*.ts', { cwd: join(SOURCE, '..') })
  const texts = [...files, ...others.map(name => ({ name, text: readFileSync(join(SOURCE, '..', name), 'utf8') }))]
  const unused = files.flatMap(({ name, text }) =>
    [...text.matchAll(/^export (?:async )?(?:function\*?|const|let|class) (\w+)/gm)]
      .map(match => match[1]!)
      .filter(value => !texts.some(other => other.name !== name && new RegExp(`\\b${value}\\b`).test(other.text)))
      .map(value => `${name}: ${value}`),
  )
  assert.deepEqual(unused, [])
})

test('what is pure imports neither packages that do I/O nor the system', () => {
  const wrong: string[] = []
  for (const { name, room, text } of files) {
    if (!PURE.includes(room)) continue
    for (const target of importsOf(text)) {
      if (target.startsWith('node:') && !ALLOWED_IN_PURE.test(target)) wrong.push(`${name} imports ${target}`)
    }
    if (/\bDate\.now\(|\bnew Date\(\)|Math\.random\(/.test(text)) wrong.push(`${name} reads a clock or draws at random`)
  }
  assert.deepEqual(wrong, [])
})

test('only the command line reads the environment, arguments and signals, and ends the process', () => {
  const wrong = files
    .filter(({ name }) => name !== 'main.ts')
    .flatMap(({ name, text }) =>
      [...text.matchAll(/process\.(env|argv|exit|exitCode|on)\b/g)].map(match => `${name}: ${match[0]}`),
    )
  assert.deepEqual(
    wrong.filter(line => line !== 'database/embedded-server.ts: process.env'),
    [],
  )
})

test('no file is longer than 400 lines', () => {
  const long = files.flatMap(({ name, text }) => {
    const lines = text.split('\n').length - 1
    return lines > 400 ? [`${name}: ${lines}`] : []
  })
  assert.deepEqual(long, [])
})

test('files are named in kebab-case', () => {
  assert.deepEqual(
    files.map(({ name }) => name).filter(name => !/^([a-z0-9-]+\/)*[a-z0-9-]+\.ts$/.test(name)),
    [],
  )
})

test('nothing is left undone', () => {
  const marks = files.flatMap(({ name, text }) => (/\b(TODO|FIXME|XXX|HACK)\b/.test(text) ? [name] : []))
  assert.deepEqual(marks, [])
})

test('the reading order of the index names each of its files', () => {
  const order = files.find(({ name }) => name === 'search/embedded/index-state.ts')!.text
  const named = new Set(order.match(/[-\w]+\.ts/g))
  const unnamed = files
    .filter(({ name }) => name.startsWith('search/embedded/') && !name.endsWith('/index-state.ts'))
    .map(({ name }) => basename(name))
    .filter(name => !named.has(name))
  assert.deepEqual(unnamed, [])
})
