import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse as referenceParse } from 'csv-parse/sync'
import fc from 'fast-check'
import { BEGINNING, type CsvRecord, createParser, type Dialect, MAX_RECORD } from '../../src/csv/parse.ts'
import { rounds } from '../helpers/rounds.ts'

const COMMA: Dialect = { delimiter: ',', newline: '\n' }

function parse(
  text: string,
  width: number | null = null,
  dialect = COMMA,
  size = text.length,
  { from = BEGINNING, maxRecord = MAX_RECORD } = {},
): CsvRecord[] {
  const parser = createParser(dialect, width, from, maxRecord)
  const portions: CsvRecord[][] = []
  for (let at = 0; at < text.length; at += size) portions.push(parser.push(text.slice(at, at + size), false))
  return [...portions, parser.push('', true)].flat()
}

function cells(text: string, width: number | null = null, dialect = COMMA): (readonly string[])[] {
  return parse(text, width, dialect).map(record => record.cells)
}

test('quotes, doubled quotes, and line breaks within cells of rows that end with CRLF', () => {
  assert.deepEqual(cells('a,b\r\n"x, ""y""","1\n2"\r\n'), [
    ['a', 'b'],
    ['x, "y"', '1\n2'],
  ])
})

test('a file may end without a line break, and empty lines are not records', () => {
  assert.deepEqual(cells('a,b\n\n\r\n1,2'), [
    ['a', 'b'],
    ['1', '2'],
  ])
  assert.deepEqual(cells('a\n""\n'), [['a'], ['']])
})

test('a record has the line it begins on and the position of the next record', () => {
  const records = parse('a,b\n\n"x\ny",1\nz,2\n')
  assert.deepEqual(
    records.map(({ line, end }) => [line, end.offset, end.line]),
    [
      [1, 4, 2],
      [3, 13, 5],
      [5, 17, 6],
    ],
  )
})

test('parsing can resume at the end of any record', () => {
  const text = 'a,b\n"x\ny",1\r\n\n"z ""q""",2\nlast,3'
  const whole = parse(text)
  for (const { end } of whole) {
    const parser = createParser(COMMA, null, end)
    const rest = [...parser.push(text.slice(end.offset), false), ...parser.push('', true)]
    assert.deepEqual(
      rest,
      whole.filter(record => record.end.offset > end.offset),
    )
  }
})

test('an undoubled quote in a quoted cell is part of the value', () => {
  assert.deepEqual(cells('"3" pipe",b\n"John "Jay" Doe",c\n', 2), [
    ['3" pipe', 'b'],
    ['John "Jay" Doe', 'c'],
  ])
})

test('a quote at the start of a cell that does not quote it is part of the value', () => {
  assert.deepEqual(cells('"Bob" Smith,"Acme"\n6" nail,x\n', 2), [
    ['"Bob" Smith', 'Acme'],
    ['6" nail', 'x'],
  ])
})

test('an unclosed quote spoils only its own row', () => {
  assert.deepEqual(cells('"open,1\nb,2\n"c",3\n', 2), [
    ['"open', '1'],
    ['b', '2'],
    ['c', '3'],
  ])
  const rows = Array.from({ length: 200_000 }, (_, index) => `row ${index},x`)
  const read = cells(`a,b\n"open,1\n${rows.join('\n')}\n`, 2)
  assert.equal(read.length, 200_002)
  assert.deepEqual(read.at(-1), ['row 199999', 'x'])
})

test('spaces around a quoted cell are not part of it', () => {
  assert.deepEqual(cells('a, "b, c" ,d\n', 3), [['a', 'b, c', 'd']])
})

test('a record that is too long is skipped, and the records after it are read', () => {
  const long = `${'x'.repeat(MAX_RECORD * 3)},y`
  for (const size of [1 << 16, 1 << 24]) {
    const records = parse(`a,b\n${long}\nc,d\n`, 2, COMMA, size)
    assert.deepEqual(
      records.map(record => [record.line, record.tooLong ?? false, record.cells[0]!.length < 2000]),
      [
        [1, false, true],
        [2, true, true],
        [3, false, true],
      ],
    )
    assert.equal(records[2]!.end.offset, long.length + 9)
  }
})

test('a record of a million characters with line breaks in its cells is read whole', () => {
  const note = 'a line\n'.repeat((MAX_RECORD - 100) / 7)
  for (const size of [1 << 16, 1 << 24]) {
    const records = parse(`Ada,"${note}"\nGrace,x\n`, 2, COMMA, size)
    assert.deepEqual(
      records.map(({ cells: [name, value] }) => [name, value!.length]),
      [
        ['Ada', note.length],
        ['Grace', 1],
      ],
    )
  }
})

test('a quoted cell of many lines that is too long spoils only its own row, and its lines do not become rows', () => {
  const note = 'a line, of a note\n'.repeat(MAX_RECORD / 9)
  for (const size of [1 << 16, 1 << 24]) {
    const records = parse(`Ada,"${note}",x\n"Grace, G.",y,z\nKay,y,z\n`, 3, COMMA, size)
    assert.deepEqual(
      records.map(record => [record.cells[0], record.tooLong ?? false]),
      [
        ['Ada', true],
        ['Grace, G.', false],
        ['Kay', false],
      ],
    )
  }
})

test('lines may end with CR alone, as on old Macintoshes', () => {
  assert.deepEqual(cells('a,b\r1,"x\ry"\r', 2, { delimiter: ',', newline: '\r' }), [
    ['a', 'b'],
    ['1', 'x\ry'],
  ])
})

const cell = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ' ', 'a', 'é', ';') }))

test('a parser stops once it has read enough, and continues from there', () => {
  const text = 'a,b\n\n"x\ny",1\r\nlast "3",2\n"z'
  const whole = createParser(COMMA, null).push(text, true)
  assert.equal(whole.length, 4)
  for (const [place, { end }] of whole.entries())
    for (const enough of [{ records: place + 1 }, { offset: end.offset }]) {
      const parser = createParser(COMMA, null)
      assert.deepEqual(parser.push(text, true, enough), whole.slice(0, place + 1))
      assert.deepEqual(parser.push('', true), whole.slice(place + 1))
    }
})

test('well-formed text is read as csv-parse reads it, however it is cut', () => {
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 1, max: 20 }),
      (rows, lineBreak, size) => {
        const text = rows.map(row => row.map(quoted).join(',')).join(lineBreak)
        const expected = referenceParse(text, { relax_column_count: true, record_delimiter: ['\r\n', '\n'] })
        assert.deepEqual(
          parse(text, null, COMMA, size).map(record => record.cells),
          expected,
        )
      },
    ),
  )
})

test('the records of any text cover it in order, and are the same however it is cut', () => {
  const text = fc.string({
    unit: fc.constantFrom('"', ',', '\n', '\r', ' ', 'a', 'b', '""', '",', '"\n'),
    maxLength: 60,
  })
  fc.assert(
    fc.property(text, fc.option(fc.integer({ min: 1, max: 4 })), fc.integer({ min: 1, max: 9 }), (any, width, size) => {
      const records = parse(any, width)
      assert.deepEqual(parse(any, width, COMMA, size), records)
      let before = 0
      for (const { end, line } of records) {
        assert.ok(end.offset > before && line <= end.line)
        before = end.offset
      }
      assert.ok(before <= any.length)
    }),
    { numRuns: rounds(600, 2000) },
  )
})

test('records that are too long are the same however the text is cut and wherever parsing resumes', () => {
  const text = fc.string({
    unit: fc.constantFrom('"', ',', '\n', '\r\n', 'abc', '"x\ny"', '""', '",', '"\n', 'xxxxxxxxxx'),
    maxLength: 40,
  })
  fc.assert(
    fc.property(
      text,
      fc.option(fc.integer({ min: 1, max: 3 })),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 2, max: 20 }),
      (any, width, size, maxRecord) => {
        const records = parse(any, width, COMMA, any.length, { maxRecord })
        assert.deepEqual(parse(any, width, COMMA, size, { maxRecord }), records)
        for (const [index, { end }] of records.entries())
          assert.deepEqual(
            parse(any.slice(end.offset), width, COMMA, size, { from: end, maxRecord }),
            records.slice(index + 1),
          )
      },
    ),
    { numRuns: rounds(1500, 5000) },
  )
})

test('misleading quotes take only time proportional to the text', () => {
  const started = performance.now()
  for (const line of ['"a\n', '"a""\n', 'x,"a\n', '"",""a\n', '"a" b\n', '"\n'])
    parse(line.repeat(100_000), 2, COMMA, 1 << 16)
  assert.ok(performance.now() - started < 30_000)
})
