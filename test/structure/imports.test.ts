import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'

const SOURCE = join(import.meta.dirname, '../../src')

/**
 * What each folder or file of src may import besides itself. The line of the innermost folder applies. A line names only
 * folders from lines above it, so that dependencies point one way. A target with `.ts` is a single file.
 */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': [],
  'fields.ts': [],
  'package-json.ts': [],
  runtime: ['errors.ts'],
  text: [],
  'setting-values.ts': [],
  'config.ts': ['errors.ts', 'setting-values.ts', 'text'],
  'log.ts': ['config.ts', 'text'],
  json: ['errors.ts', 'text'],
  database: ['errors.ts', 'runtime'],
  access: ['errors.ts', 'database'],
  files: ['errors.ts', 'runtime'],
  'files/s3': ['errors.ts', 'files'],
  'store.ts': ['errors.ts', 'config.ts', 'database', 'files', 'files/s3'],

  records: ['errors.ts', 'fields.ts'],
  'records/values/tables': [],
  'records/values': ['errors.ts', 'fields.ts', 'runtime/on-first-use.ts', 'text', 'records', 'records/values/tables'],
  'records/parse': ['errors.ts', 'fields.ts', 'text', 'records', 'records/values'],
  'records/write': ['errors.ts', 'fields.ts', 'runtime', 'database', 'records', 'records/values', 'records/parse'],
  'records/read': ['errors.ts', 'fields.ts', 'runtime', 'database', 'records'],

  vql: ['errors.ts', 'fields.ts', 'text', 'json', 'records/values/clean.ts', 'records/values/uuid.ts'],
  'csv/header/languages': [],
  'csv/header': [
    'errors.ts',
    'fields.ts',
    'runtime/on-first-use.ts',
    'text',
    'records/values/memo.ts',
    'records/values/uuid.ts',
    'records/parse/row-keys.ts',
    'csv/header/languages',
  ],
  'csv/text': ['text'],
  csv: [
    'errors.ts',
    'text',
    'records/values/countries.ts',
    'records/values/person-name.ts',
    'records/values/row-cell.ts',
    'records/parse/row-keys.ts',
    'csv/header',
    'csv/text',
  ],

  search: ['fields.ts', 'runtime', 'database', 'vql', 'records/read'],
  'search/embedded/sets': [],
  'search/embedded/segment': ['fields.ts', 'search/embedded/sets'],
  'search/embedded/index-state.ts': ['fields.ts', 'search', 'search/embedded/segment'],
  'search/embedded/joins': [
    'fields.ts',
    'search/embedded/sets',
    'search/embedded/segment',
    'search/embedded/index-state.ts',
  ],
  'search/embedded/build': [
    'fields.ts',
    'runtime',
    'text',
    'database',
    'records/read',
    'search',
    'search/embedded/sets',
    'search/embedded/segment',
    'search/embedded/index-state.ts',
  ],
  'search/embedded/snapshot': [
    'fields.ts',
    'runtime',
    'database',
    'records/values/uuid.ts',
    'search',
    'search/embedded/sets',
    'search/embedded/segment',
    'search/embedded/index-state.ts',
  ],
  'search/embedded/update': [
    'fields.ts',
    'runtime',
    'database',
    'search',
    'search/embedded/sets',
    'search/embedded/segment',
    'search/embedded/index-state.ts',
    'search/embedded/joins',
    'search/embedded/build',
    'search/embedded/snapshot',
  ],
  'search/embedded/query': [
    'fields.ts',
    'text',
    'vql',
    'search/embedded/sets',
    'search/embedded/segment',
    'search/embedded/index-state.ts',
    'search/embedded/joins',
  ],
  'search/embedded/answer': [
    'fields.ts',
    'text',
    'vql',
    'search',
    'search/embedded/sets',
    'search/embedded/segment',
    'search/embedded/index-state.ts',
    'search/embedded/joins',
    'search/embedded/query',
  ],
  'search/embedded/threads': [
    'errors.ts',
    'fields.ts',
    'runtime',
    'vql',
    'search',
    'search/embedded/index-state.ts',
    'search/embedded/joins',
    'search/embedded/update',
    'search/embedded/query',
    'search/embedded/answer',
  ],
  'search/embedded/engine.ts': [
    'errors.ts',
    'runtime',
    'search',
    'search/embedded/index-state.ts',
    'search/embedded/joins',
    'search/embedded/snapshot/schedule.ts',
    'search/embedded/update',
    'search/embedded/query',
    'search/embedded/answer',
    'search/embedded/threads',
  ],
  'search/opensearch': ['errors.ts', 'fields.ts', 'runtime', 'text', 'database', 'vql', 'records/read', 'search'],
  'search-engine.ts': ['config.ts', 'runtime', 'search', 'search/embedded/engine.ts', 'search/opensearch'],

  'jobs/job': ['errors.ts', 'runtime', 'text', 'json', 'database', 'files', 'search'],
  'jobs/import': [
    'errors.ts',
    'fields.ts',
    'runtime',
    'database',
    'files',
    'records',
    'records/values',
    'records/parse',
    'records/write',
    'csv/header',
    'csv/text/encodings.ts',
    'csv',
    'jobs/job',
  ],
  'jobs/export': ['errors.ts', 'fields.ts', 'database', 'files', 'records/read', 'vql', 'jobs/job'],
  'jobs/queue': [
    'errors.ts',
    'runtime',
    'database',
    'files',
    'records/values/uuid.ts',
    'search',
    'jobs/job',
    'jobs/export/unpublished-exports.ts',
    'jobs/import/command-uploads.ts',
  ],
  jobs: ['errors.ts', 'database', 'files', 'search', 'jobs/job', 'jobs/import', 'jobs/export', 'jobs/queue'],

  backup: ['errors.ts', 'database', 'jobs/queue/claims.ts'],
  console: ['errors.ts', 'json', 'database', 'records/values/uuid.ts'],
  http: [
    'errors.ts',
    'fields.ts',
    'package-json.ts',
    'config.ts',
    'runtime',
    'text',
    'json',
    'database',
    'access',
    'files',
    'records',
    'records/values/clean.ts',
    'records/values/uuid.ts',
    'records/parse',
    'records/write',
    'records/read',
    'vql',
    'csv/header/column-names.ts',
    'search',
    'jobs/job',
    'jobs/import',
    'jobs/queue',
    'jobs',
    'console',
  ],
  'app.ts': [
    'errors.ts',
    'config.ts',
    'log.ts',
    'store.ts',
    'runtime',
    'database',
    'access',
    'console',
    'search',
    'search-engine.ts',
    'jobs/queue',
    'jobs',
    'http',
  ],
  'commands/doctor': [
    'fields.ts',
    'config.ts',
    'store.ts',
    'database',
    'files',
    'files/s3',
    'records',
    'jobs/job',
    'jobs/queue',
  ],
  commands: [
    'errors.ts',
    'fields.ts',
    'package-json.ts',
    'config.ts',
    'log.ts',
    'store.ts',
    'text',
    'database',
    'access',
    'files',
    'records/values/uuid.ts',
    'records/write/delete.ts',
    'records/read',
    'search/embedded/snapshot/manifest.ts',
    'search-engine.ts',
    'jobs/job',
    'jobs/import',
    'jobs/queue',
    'jobs',
    'backup',
    'console',
    'app.ts',
    'commands/doctor',
  ],
  'main.ts': [
    'errors.ts',
    'config.ts',
    'log.ts',
    'text',
    'files/path-errors.ts',
    'records/values/default-country.ts',
    'commands',
  ],
}

/** Pure folders and files: no input or output, no clock, no randomness. */
const PURE = ['errors.ts', 'fields.ts', 'text', 'json', 'vql']
const ALLOWED_IN_PURE = /^(node:util|node:buffer)$/

const files = globSync('**/*.ts', { cwd: SOURCE }).map(name => ({
  name,
  room: roomOf(name),
  text: readFileSync(join(SOURCE, name), 'utf8'),
}))

/** The innermost line of EDGES that a path belongs to. */
function roomOf(path: string): string {
  const rooms = Object.keys(EDGES).filter(room => path === room || path.startsWith(`${room}/`))
  return rooms.reduce((inner, room) => (room.length > inner.length ? room : inner), '')
}

function importsOf(text: string): string[] {
  return [
    ...text.matchAll(/^\s*(?:import|export)\b[^'"]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm),
  ].map(match => match[1] ?? match[2]!)
}

test('every folder imports only what the table allows, and the table allows nothing unused', () => {
  const wrong: string[] = []
  const unused = new Set(Object.entries(EDGES).flatMap(([room, allowed]) => allowed.map(edge => `${room} → ${edge}`)))
  for (const { name, room, text } of files) {
    const allowed = EDGES[room]
    assert.ok(allowed, `src/${name} is in no folder of the table of this test: say what it may import`)
    for (const target of importsOf(text)) {
      if (!target.startsWith('.')) continue
      const path = join(dirname(name), target)
      const itsRoom = roomOf(path)
      unused.delete(`${room} → ${itsRoom}`)
      unused.delete(`${room} → ${path}`)
      if (itsRoom !== room && !allowed.includes(itsRoom) && !allowed.includes(path))
        wrong.push(`${name} imports ${path}`)
    }
  }
  assert.deepEqual(wrong, [])
  assert.deepEqual([...unused], [])
})

test('the client of S3 is loaded only if a bucket is configured', () => {
  const wrong = files.flatMap(({ name, text }) =>
    [...text.matchAll(/^import (?!type\b)[^'"]*from '([^']+)'/gm)]
      .map(match => match[1]!)
      .filter(target => !name.startsWith('files/s3/') && /@aws-sdk|\/s3\//.test(target))
      .map(target => `${name} imports ${target}`),
  )
  assert.deepEqual(wrong, [])
})

test('the folders depend on one another in one direction', () => {
  const rooms = Object.keys(EDGES)
  const upwards = rooms.flatMap((room, place) =>
    EDGES[room]!.filter(edge => rooms.indexOf(roomOf(edge)) >= place).map(edge => `${room} → ${edge}`),
  )
  assert.deepEqual(upwards, [])
})

test('no files import each other in a circle', () => {
  const root = join(SOURCE, '..')
  const imports = new Map(
    globSync('{src,bench,test,scripts,examples}/**/*.ts', { cwd: root }).map(name => {
      const targets = importsOf(readFileSync(join(root, name), 'utf8')).filter(target => target.startsWith('.'))
      return [name, targets.map(target => join(dirname(name), target))]
    }),
  )
  const circles: string[] = []
  const finished = new Set<string>()
  const follow = (name: string, path: readonly string[]) => {
    if (path.includes(name)) circles.push([...path.slice(path.indexOf(name)), name].join(' → '))
    if (path.includes(name) || finished.has(name)) return
    for (const target of imports.get(name) ?? []) follow(target, [...path, name])
    finished.add(name)
  }
  for (const name of imports.keys()) follow(name, [])
  assert.deepEqual(circles, [])
})

test('no folder has more than 20 files', () => {
  const counts = new Map<string, number>()
  for (const name of globSync('{src,bench,test,scripts}/**/*.ts', { cwd: join(SOURCE, '..') }))
    counts.set(dirname(name), (counts.get(dirname(name)) ?? 0) + 1)
  assert.deepEqual(
    [...counts].filter(([, count]) => count > 20),
    [],
  )
})

test('every export other than a type is used by another file', () => {
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

test('pure code imports no system modules, and reads no clock or randomness', () => {
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
    wrong.filter(line => line !== 'database/guarded-process.ts: process.env'),
    [],
  )
})

test('every advisory lock has its own number', () => {
  const numbers = files.flatMap(({ text }) => [...text.matchAll(/ = (48527\d\d)\b/g)].map(match => match[1]!))
  assert.ok(numbers.length >= 9)
  assert.deepEqual(
    numbers.filter((number, place) => numbers.indexOf(number) !== place),
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

test('no file has a TODO or a similar mark', () => {
  const marks = files.flatMap(({ name, text }) => (/\b(TODO|FIXME|XXX|HACK)\b/.test(text) ? [name] : []))
  assert.deepEqual(marks, [])
})

test('the reading guide of the index names each of its folders', () => {
  const guide = files.find(({ name }) => name === 'search/embedded/index-state.ts')!.text
  const folders = new Set(files.map(({ name }) => dirname(name)).filter(name => name.startsWith('search/embedded/')))
  assert.deepEqual(
    [...folders].map(name => basename(name)).filter(name => !guide.includes(` ${name}/:`)),
    [],
  )
})
