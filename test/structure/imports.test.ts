import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import {
  checkEdges,
  type Edges,
  findCircles,
  findFullFolders,
  findLongFiles,
  findUnusedExports,
  importsOf,
  readSources,
  roomOf,
} from './source-files.ts'

const ROOT = join(import.meta.dirname, '../..')

/**
 * What each folder or file of src may import besides itself. The line of the innermost folder applies. A line names only
 * folders from lines above it, so that dependencies point one way. A target with `.ts` is a single file.
 */
const EDGES: Edges = {
  'errors.ts': [],
  'fields.ts': [],
  'package-json.ts': [],
  runtime: ['errors.ts'],
  text: [],
  'setting-values.ts': [],
  'config.ts': ['errors.ts', 'setting-values.ts', 'text'],
  json: ['errors.ts', 'text'],
  database: ['errors.ts', 'runtime'],
  'log.ts': ['config.ts', 'text', 'database/unavailable.ts'],
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
  'search-engine.ts': ['config.ts', 'runtime', 'database', 'search', 'search/embedded/engine.ts', 'search/opensearch'],

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
  'rehearsal.ts': ['fields.ts', 'runtime', 'database', 'records/read', 'vql', 'search'],
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
    'rehearsal.ts',
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

const files = readSources(join(ROOT, 'src'), '**/*.ts')

test('every folder imports only what the table allows, and the table allows nothing unused', () => {
  const { unlisted, wrong, unused } = checkEdges(files, EDGES)
  assert.deepEqual(unlisted, [], 'say in the table of this test what they may import')
  assert.deepEqual(wrong, [])
  assert.deepEqual(unused, [])
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
  assert.deepEqual(checkEdges(files, EDGES).upwards, [])
})

test('no files import each other in a circle', () => {
  assert.deepEqual(findCircles(readSources(ROOT, '{src,bench,test,scripts,examples}/**/*.ts')), [])
})

test('no folder has more than 20 files', () => {
  assert.deepEqual(findFullFolders(globSync('{src,bench,test,scripts}/**/*.ts', { cwd: ROOT }), 20), [])
})

test('every export other than a type is used by another file', () => {
  assert.deepEqual(findUnusedExports(files, readSources(ROOT, '{test,bench,scripts}/**/*.ts')), [])
})

test('pure code imports no system modules, and reads no clock or randomness', () => {
  const wrong: string[] = []
  for (const { name, text } of files) {
    if (!PURE.includes(roomOf(name, EDGES))) continue
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
  assert.deepEqual(findLongFiles(files, 400), [])
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
