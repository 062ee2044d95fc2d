/** Errors in the text of a query are shown at their line. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkVql } from '../../console/src/explore/filters/vql/check-vql.ts'
import { positionOf, readJsonTree } from '../../console/src/explore/filters/vql/json-tree.ts'
import { locatePath } from '../../console/src/explore/filters/vql/locate-path.ts'
import { parseWhere } from '../../src/vql/parse-where.ts'

test('whatever JSON.parse takes is taken, and nothing else', () => {
  const text = fc.oneof(
    fc.jsonValue().map(value => JSON.stringify(value, null, 2)),
    fc
      .array(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '"a"',
          '"b"',
          '1',
          '-',
          '0',
          '.5',
          'e3',
          'true',
          'null',
          ' ',
          '\n',
          '"\\u00e9"',
          '"',
          '\\',
        ),
      )
      .map(parts => parts.join('')),
  )
  fc.assert(
    fc.property(text, json => {
      fc.pre(!SAME_NAME.test(json))
      if (isJson(json)) readJsonTree(json)
      else assert.throws(() => readJsonTree(json), { name: 'JsonProblem' })
    }),
    { numRuns: 500 },
  )
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Of two members with one name `JSON.parse` drops the first. See below. */
const SAME_NAME = /("[^"]*")\s*:[\s\S]*\1\s*:/

const PROBLEMS: readonly { readonly text: string; readonly line: number; readonly message: RegExp }[] = [
  { text: '{\n  "search": "a",\n}', line: 3, message: /comma before/ },
  { text: '{\n  "search": "a"\n  "or": []\n}', line: 3, message: /comma or }/ },
  { text: '{\n  "exists": {"must": ["a" "b"]}\n}', line: 2, message: /comma or \]/ },
  { text: '{\n  "or": [\n    {}\n', line: 4, message: /comma or \]/ },
  { text: "{\n  'search': 1}", line: 2, message: /double quotes/ },
  { text: '{"search"\n"a"}', line: 2, message: /colon/ },
  { text: '{"a": {},\n "a": {}}', line: 2, message: /occurs twice/ },
  { text: '{"search": "a\nb"}', line: 1, message: /closing quote/ },
  { text: '\n[]', line: 2, message: /object/ },
  { text: '{} {}', line: 1, message: /after the end/ },
]

for (const { text, line, message } of PROBLEMS) {
  test(`JSON that cannot be read is reported at its line: ${JSON.stringify(text)}`, () => {
    const checked = checkVql(text)
    assert(!checked.ok)
    assert.match(checked.message, message)
    assert.equal(positionOf(text, checked.offset).line, line)
  })
}

test('nothing is a query for everything', () => {
  assert.deepEqual(checkVql(' \n'), { ok: true, where: {}, tree: null })
})

const QUERY = {
  keyword_match: { must: { country: 'germany', contry: 'x' } },
  text_matches: {
    must: [
      { filter_key: 'title', text_value: 'x' },
      { filter_key: 'title', text_value: 'x', search_type: 'like' },
    ],
  },
  and: [{ range_query: { must: { id: { gte: 'many' } } } }],
}

/** One fault at a time: the server names the first one only. */
const FAULTS: readonly { readonly where: object; readonly at: string }[] = [
  { where: { keyword_match: QUERY.keyword_match }, at: '"contry": "x"' },
  { where: { text_matches: QUERY.text_matches }, at: '"search_type": "like"' },
  { where: { and: QUERY.and }, at: '"gte": "many"' },
  { where: { exists: { must: ['email', 'a.b[0]: c'] } }, at: '"a.b[0]: c"' },
  { where: { keyword_match: { must: { 'a: b': 'x' } } }, at: '"a: b": "x"' },
  { where: { keyword_match: { must: { 'country.x': 'x' } } }, at: '"country.x": "x"' },
]

for (const { where, at } of FAULTS) {
  test(`an error of the server is shown at ${at}`, () => {
    const text = JSON.stringify(where, null, 2)
    assert.throws(
      () => parseWhere('contact', where),
      (error: Error) => {
        const span = locatePath(readJsonTree(text), error.message)
        assert.equal(text.slice(span!.start, span!.end), at)
        return true
      },
    )
  })
}

test('what is missing is shown at the part it is missing from, and what is not about the query nowhere', () => {
  const text = '{"text_matches": {"must": [{"text_value": "x"}]}}'
  const span = locatePath(readJsonTree(text), 'where.text_matches.must[0].filter_key: must be the name of a field')
  assert.equal(text.slice(span!.start, span!.end), '{"text_value": "x"}')
  assert.equal(locatePath(readJsonTree(text), 'the body is too large'), null)
})
