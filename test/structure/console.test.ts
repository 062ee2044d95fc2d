/** The same rules as for src, for the sources of the console. */
import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  checkEdges,
  type Edges,
  findCircles,
  findFullFolders,
  findLongFiles,
  findUnusedExports,
  readSources,
} from './source-files.ts'

const ROOT = join(import.meta.dirname, '../..')
const SOURCE = join(ROOT, 'console/src')

/** As in imports.test.ts. A room uses what is above it, and is used only by the list of rooms. */
const EDGES: Edges = {
  api: [],
  'ui/format.ts': [],
  'ui/data/nouns.ts': ['api', 'ui/format.ts'],
  ui: ['api'],
  'ui/base': [],
  'ui/data': ['ui', 'ui/format.ts'],
  shell: ['api', 'ui'],

  'explore/has-words.ts': [],
  'explore/row-navigation.ts': [],
  'explore/use-event.ts': [],
  'explore/use-stable.ts': [],
  'explore/view-state.ts': ['api'],
  'explore/view-params.ts': ['api', 'explore/view-state.ts'],
  'explore/explore-context.ts': ['api', 'explore/view-state.ts'],
  'explore/selection': ['api'],
  'explore/columns': ['api', 'ui', 'ui/format.ts', 'explore/has-words.ts', 'explore/explore-context.ts'],
  'explore/records': ['api', 'explore/explore-context.ts', 'explore/columns'],
  'explore/filters': [
    'api',
    'ui',
    'ui/format.ts',
    'shell',
    'explore/has-words.ts',
    'explore/use-stable.ts',
    'explore/view-state.ts',
    'explore/explore-context.ts',
    'explore/columns',
    'explore/records',
  ],
  'explore/views': [
    'api',
    'ui',
    'ui/format.ts',
    'shell',
    'explore/view-state.ts',
    'explore/view-params.ts',
    'explore/explore-context.ts',
    'explore/columns',
  ],
  'explore/export': [
    'api',
    'ui',
    'ui/format.ts',
    'shell',
    'explore/has-words.ts',
    'explore/explore-context.ts',
    'explore/selection',
    'explore/columns',
    'explore/records',
  ],
  'explore/record': [
    'api',
    'ui',
    'ui/format.ts',
    'shell',
    'explore/row-navigation.ts',
    'explore/view-state.ts',
    'explore/explore-context.ts',
    'explore/columns',
    'explore/records',
  ],
  'explore/table': [
    'api',
    'ui',
    'ui/format.ts',
    'shell',
    'explore/row-navigation.ts',
    'explore/use-event.ts',
    'explore/view-state.ts',
    'explore/explore-context.ts',
    'explore/selection',
    'explore/columns',
    'explore/records',
    'explore/export',
    'explore/record',
  ],
  explore: [
    'api',
    'ui',
    'shell',
    'explore/use-stable.ts',
    'explore/view-params.ts',
    'explore/explore-context.ts',
    'explore/filters',
    'explore/views',
    'explore/export',
    'explore/record',
    'explore/table',
  ],

  'jobs/job': ['api', 'ui', 'ui/format.ts', 'ui/data'],
  'import/columns': ['api', 'ui', 'ui/format.ts', 'ui/data/nouns.ts'],
  'import/items': ['api', 'ui', 'jobs/job', 'import/columns'],
  'import/report': [
    'api',
    'ui',
    'ui/format.ts',
    'ui/data/nouns.ts',
    'explore/view-state.ts',
    'explore/view-params.ts',
    'jobs/job',
    'import/columns',
    'import/items',
  ],
  'import/check': [
    'api',
    'ui',
    'ui/format.ts',
    'ui/data/nouns.ts',
    'ui/data',
    'shell',
    'jobs/job',
    'import/columns',
    'import/items',
    'import/report',
  ],
  import: ['ui', 'ui/format.ts', 'shell', 'jobs/job', 'import/items', 'import/report', 'import/check'],
  jobs: ['api', 'ui', 'ui/format.ts', 'ui/data/nouns.ts', 'shell', 'jobs/job', 'import/columns', 'import/report'],
  overview: [
    'api',
    'ui',
    'ui/format.ts',
    'ui/data',
    'explore/view-state.ts',
    'explore/view-params.ts',
    'explore/filters',
    'jobs/job',
  ],
  keys: ['api', 'ui', 'ui/format.ts'],
  health: ['api', 'ui', 'ui/format.ts', 'ui/data/nouns.ts', 'ui/data', 'jobs/job'],
  'rooms.ts': ['ui', 'overview', 'explore', 'import', 'jobs', 'keys', 'health'],
  'shell/palette': ['api', 'ui', 'ui/data/nouns.ts', 'shell', 'rooms.ts'],
  'shell/sign-in': ['api', 'ui', 'ui/base'],
  'shell/frame': [
    'api',
    'ui',
    'ui/base',
    'shell',
    'jobs/job',
    'import/items',
    'rooms.ts',
    'shell/palette',
    'shell/sign-in',
  ],
  'app.tsx': ['api', 'ui', 'rooms.ts', 'shell', 'shell/frame'],
  'main.tsx': ['shell', 'app.tsx'],
}

const files = readSources(SOURCE, '**/*.{ts,tsx}').filter(({ name }) => !name.endsWith('.d.ts'))

test('every folder of the console imports only what the table allows, and the table allows nothing unused', () => {
  const { unlisted, wrong, unused } = checkEdges(files, EDGES)
  assert.deepEqual(unlisted, [], 'say in the table of this test what they may import')
  assert.deepEqual(wrong, [])
  assert.deepEqual(unused, [])
})

test('the folders of the console depend on one another in one direction', () => {
  assert.deepEqual(checkEdges(files, EDGES).upwards, [])
})

test('no files of the console import each other in a circle', () => {
  assert.deepEqual(findCircles(files), [])
})

test('no folder of the console has more than 20 files', () => {
  assert.deepEqual(findFullFolders(globSync('**/*.*', { cwd: SOURCE }), 20), [])
})

test('every export of the console other than a type is used by another file', () => {
  assert.deepEqual(findUnusedExports(files, readSources(ROOT, '{test,bench,scripts}/**/*.ts')), [])
})

test('no file of the console is longer than 400 lines', () => {
  const sources = readSources(SOURCE, '**/*.{ts,tsx,css}')
  assert.deepEqual(
    findLongFiles(
      sources.filter(({ name }) => !name.endsWith('schema.d.ts')),
      400,
    ),
    [],
  )
})

test('files of the console are named in kebab-case', () => {
  const names = globSync('**/*.*', { cwd: SOURCE })
  assert.deepEqual(
    names.filter(name => !/^([a-z0-9-]+\/)*[a-z0-9-]+(\.module|\.d)?\.(ts|tsx|css|svg)$/.test(name)),
    [],
  )
})
