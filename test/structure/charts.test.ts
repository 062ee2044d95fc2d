import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { drawCharts } from '../../bench/charts/charts.ts'
import { KINDS, kindOf } from '../../bench/charts/compared-classes.ts'
import { createGenerator } from '../../bench/data/generate.ts'
import { queryClasses } from '../../bench/queries/query-classes.ts'
import { DOCS, parseBlocks, readDocument, replaceBlock } from '../../bench/shared/document.ts'
import { parseFigure, significant } from '../../bench/shared/figures.ts'
import { formatBlock } from '../../bench/shared/report.ts'
import { logScale } from '../../bench/shared/scale.ts'
import { columnOf, formatMarkdown, parseMarkdown } from '../../bench/shared/table.ts'

const directory = join(DOCS, 'charts')

test('the committed charts show the figures of the tables in docs/performance.md; `npm run bench -- charts` redraws them', () => {
  const drawn = drawCharts(readDocument())
  const committed = globSync('*', { cwd: directory }).map(
    name => [name, readFileSync(join(directory, name), 'utf8')] as const,
  )
  assert.deepEqual(new Map(committed.sort()), new Map([...drawn].sort()))
})

test('each block of docs/performance.md is as its benchmark writes it', () => {
  const document = readDocument()
  const blocks = parseBlocks(document)
  assert.deepEqual(
    new Set([...document.matchAll(/^<!-- npm run bench -- (\w+)/gm)].map(([, name]) => name)),
    new Set(['search', 'growth', 'http', 'build', 'changes', 'import', 'export', 'console', 'opensearch']),
  )
  for (const block of blocks) assert.equal(replaceBlock(document, block.command, formatBlock(block)), document)
})

test('the documents show every chart, and no chart that does not exist', () => {
  const texts = globSync('*.md', { cwd: DOCS }).map(name => readFileSync(join(DOCS, name), 'utf8'))
  const shown = new Set(texts.flatMap(text => [...text.matchAll(/\(charts\/([^)]+)\)/g)].map(match => match[1]!)))
  assert.deepEqual([...shown].sort(), [...drawCharts(readDocument()).keys()].sort())
  for (const file of shown) assert.ok(existsSync(join(directory, file)))
})

test('a table read from Markdown is the table that was written', () => {
  const table = {
    header: ['', 'goal', 'rows per second'],
    rows: [
      ['new rows', '≥ 30,000', '19,159'],
      ['COPY', '', '157,102'],
    ],
  }
  assert.deepEqual(parseMarkdown(`Before.\n\n${formatMarkdown(table)}\n\n${formatMarkdown(table)}\n\nAfter.`), [
    table,
    table,
  ])
  assert.throws(() => columnOf(table, 'p50'), /the table has no column "p50"/)
})

test('a figure read from a table is the figure that was written, to three digits', () => {
  for (const [value, expected] of [
    [0, 0],
    [0.000746, 0.00075],
    [0.02251, 0.0225],
    [4.9, 4.9],
    [-7.65498, -7.65],
    [28_986.4, 28_986],
  ] as const)
    assert.equal(parseFigure(`${significant(value)}×`), expected)
  assert.throws(() => parseFigure('–'), /not a figure: "–"/)
})

test('each class of queries has one kind in the chart of latencies, and each kind has classes', () => {
  const names = queryClasses(createGenerator({ contacts: 100, companies: 20 })).map(({ name }) => name)
  assert.deepEqual(new Set(names.map(kindOf)), new Set(KINDS.map(([kind]) => kind)))
  assert.throws(() => kindOf('unheard of'), /has 0 kinds/)
})

test('a logarithmic scale has its ticks at powers of ten, and equal distances between them', () => {
  const { at, ticks } = logScale([0.02, 300], [100, 700])
  assert.deepEqual(ticks, [0.1, 1, 10, 100])
  assert.ok(at(0.02) > 100 && at(300) < 700)
  assert.ok(Math.abs(at(10) - at(1) - (at(100) - at(10))) < 1e-9)
})
