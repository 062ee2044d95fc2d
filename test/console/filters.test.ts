/** What the filter panel computes: bars, amounts, names, edits. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Filter } from '../../console/src/api/records.ts'
import { changeField, changeOperator } from '../../console/src/explore/filters/advanced/operators.ts'
import { parseAmount } from '../../console/src/explore/filters/amounts.ts'
import { dateBins, isInRange, numberBins } from '../../console/src/explore/filters/bins.ts'
import { describeItem } from '../../console/src/explore/filters/describe.ts'
import {
  addItem,
  changeItem,
  findCondition,
  removeIncomplete,
  removeItem,
  setCondition,
  withoutKey,
} from '../../console/src/explore/filters/edit-filter.ts'
import { groupFields, shortName } from '../../console/src/explore/filters/field-groups.ts'
import { splitLines } from '../../console/src/explore/filters/paste-values.ts'
import { foldValue, nameOfValue, rememberNames } from '../../console/src/explore/filters/value-names.ts'
import { hasWords } from '../../console/src/explore/has-words.ts'
import type { Condition, Group, Item } from '../../console/src/explore/view-state.ts'

const AMOUNTS: readonly (readonly [text: string, amount: number | null])[] = [
  ['200', 200],
  ['1,200', 1200],
  ["1'200 000", 1_200_000],
  ['5k', 5000],
  ['2.5 M', 2_500_000],
  ['1b', 1e9],
  ['-3', -3],
  ['1.', 1],
  ['.5m', 500_000],
  ['many', null],
  ['5 5k x', null],
  ['1e9', null],
  ['99999999999999999', null],
]

for (const [text, amount] of AMOUNTS) test(`the amount ${text}`, () => assert.equal(parseAmount(text), amount))

test('bars of numbers cover the whole range without gaps, and are about twenty', () => {
  const range = fc.tuple(fc.maxSafeNat(), fc.maxSafeNat(), fc.constantFrom(1, 1e3, 1e9)).map(([one, other, part]) => {
    const [a, b] = [Math.floor(one / part), Math.floor(other / part)]
    return [Math.min(a, b), Math.max(a, b)] as const
  })
  fc.assert(
    fc.property(range, ([min, max]) => {
      const bins = numberBins(min, max)
      assert(Number(bins[0]!.from) <= min && Number(bins.at(-1)!.to) >= max)
      bins.forEach(({ from, to }, index) => {
        assert(from <= to)
        if (index > 0) assert.equal(from, Number(bins[index - 1]!.to) + 1)
      })
      assert(bins.length <= 26, `${bins.length} bars`)
    }),
  )
})

test('bars of numbers have round bounds', () => {
  const labels = (min: number, max: number) => numberBins(min, max).map(({ label }) => label)
  assert.deepEqual(labels(3, 6), ['3', '4', '5', '6'])
  assert.deepEqual(labels(0, 60).slice(0, 4), ['0', '1', '2', '3'])
  assert.deepEqual(labels(3, 6400).slice(-3), ['2,000 to 2,999', '3,000 to 4,999', '5,000 to 6,999'])
  assert.deepEqual(labels(100, 199).slice(0, 2), ['100 to 104', '105 to 109'])
})

test('bars of dates are days, weeks, months or years that cover the range', () => {
  const date = fc.date({ min: new Date('1950-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(fc.tuple(date, date), dates => {
      const [min, max] = dates.map(one => one.toISOString()).sort()
      const bins = dateBins(min!, max!)
      assert(bins[0]!.from <= min!.slice(0, 10) && bins.at(-1)!.to >= max!.slice(0, 10))
      assert(bins.length <= 28, `${bins.length} bars`)
      bins.forEach(({ from }, index) => {
        const before = bins[index - 1]
        if (before) assert.equal(Date.parse(String(from)) - Date.parse(String(before.to)), 86_400_000)
      })
    }),
  )
  assert.deepEqual(dateBins('2024-01-31T10:00:00Z', '2024-12-01T00:00:00Z')[1], {
    from: '2024-02-01',
    to: '2024-02-29',
    label: '2024-02-01 to 2024-02-29',
  })
})

test('a bar is in a range only as a whole', () => {
  const range = { kind: 'range', key: 'id' } as const
  const bin = { from: 10, to: 19, label: '' }
  assert(isInRange(bin, { ...range, gte: '10', lte: 19 }))
  assert(!isInRange(bin, { ...range, gt: 10 }))
  assert(!isInRange(bin, { ...range, lte: 18 }))
  assert(
    isInRange(
      { from: '2024-01-01', to: '2024-01-31', label: '' },
      { ...range, gte: '2024-01-01T00:00:00Z', lt: '2024-02-01' },
    ),
  )
})

const NAMES = { field: (key: string) => key.toUpperCase(), value: (_: string, value: string) => value }
const DESCRIPTIONS: readonly (readonly [item: Item, text: string])[] = [
  [{ kind: 'values', key: 'country', values: ['a', 'b', 'c'] }, 'COUNTRY: a, b and 1 more'],
  [{ kind: 'values', key: 'country', values: ['a'], not: true }, 'COUNTRY is not a'],
  [{ kind: 'range', key: 'size', gte: 200, lte: 1000 }, 'SIZE: 200 to 1,000'],
  [{ kind: 'range', key: 'size', lt: 20 }, 'SIZE: less than 20'],
  [{ kind: 'range', key: 'at', gte: '2026-11-29', lt: '2026-12-01' }, 'AT: from 29 Nov 2026, before 1 Dec 2026'],
  [{ kind: 'range', key: 'at', gte: '2026-11-01', lte: '2026-11-29' }, 'AT: 1 Nov 2026 to 29 Nov 2026'],
  [
    { kind: 'range', key: 'at', gte: '2026-11-29T09:55:22.688', lte: '2026-11-29T09:56:01.100' },
    'AT: 29 Nov 2026, 09:55 to 09:56',
  ],
  [{ kind: 'range', key: 'at', gt: '2026-99-99' }, 'AT: more than 2026-99-99'],
  [{ kind: 'text', key: 'title', type: 'match', value: 'vp', fuzzy: true }, 'TITLE has “vp” or similar'],
  [{ kind: 'text', key: 'email', type: 'substring', value: '@x', not: true }, 'EMAIL does not contain “@x”'],
  [{ kind: 'exists', key: 'email', not: true }, 'EMAIL has no value'],
  [
    {
      kind: 'group',
      op: 'any',
      items: [
        { kind: 'exists', key: 'a' },
        { kind: 'group', op: 'none', items: [] },
      ],
    },
    'Any of: A has a value; (None of: nothing yet)',
  ],
  [{ kind: 'vql', where: { search: 'x'.repeat(90) } }, `VQL: {"search":"${'x'.repeat(49)}…`],
]

for (const [item, text] of DESCRIPTIONS)
  test(`a chip says ${text.slice(0, 50)}`, () => assert.equal(describeItem(item, NAMES), text))

const country: Condition = { kind: 'values', key: 'country', values: ['a'] }
const title: Condition = { kind: 'text', key: 'title', type: 'match', value: 'x' }
const filter: Group = {
  kind: 'group',
  op: 'all',
  items: [country, { kind: 'group', op: 'any', items: [title, country] }],
}

test('the panel changes the condition outside of groups', () => {
  assert.equal(findCondition(filter, 'title', 'text'), undefined)
  assert.equal(findCondition(filter, 'country', 'values'), country)
  assert.deepEqual(withoutKey(filter, 'country').items, [filter.items[1]])
  const changed = { ...country, values: ['b'] } as const
  assert.deepEqual(setCondition(filter, 'country', 'values', changed).items, [changed, filter.items[1]])
  assert.deepEqual(setCondition(filter, 'country', 'values', null).items, [filter.items[1]])
  assert.deepEqual(setCondition(filter, 'title', 'text', title).items, [...filter.items, title])
})

test('the tree changes at a path', () => {
  assert.deepEqual(removeItem(filter, [1, 0]).items[1], { kind: 'group', op: 'any', items: [country] })
  assert.deepEqual(addItem(filter, [1], title).items[1], { kind: 'group', op: 'any', items: [title, country, title] })
  assert.deepEqual(changeItem(filter, [1, 1], () => title).items[1], {
    kind: 'group',
    op: 'any',
    items: [title, title],
  })
  assert.deepEqual(changeItem(filter, [], group => ({ ...group, op: 'none' }) as Group).op, 'none')
  const incomplete: Condition = { ...country, values: [] }
  const empty: Group = { kind: 'group', op: 'any', items: [incomplete] }
  assert.deepEqual(removeIncomplete({ ...filter, items: [...filter.items, empty, incomplete] }), filter)
})

test('a condition keeps what was typed when its operator or field changes', () => {
  const not = { ...title, not: true } as Extract<Condition, { kind: 'text' }>
  assert.deepEqual(changeOperator(not, 'values'), { kind: 'values', key: 'title', values: ['x'], not: true })
  assert.deepEqual(changeOperator({ kind: 'values', key: 'title', values: ['x', 'y'] }, 'substring'), {
    kind: 'text',
    key: 'title',
    type: 'substring',
    value: 'x',
  })
  const size: Filter = { key: 'size', service: 'company', filter_type: 'range', display_name: 'Size', active: true }
  assert.deepEqual(changeField(not, 'size', size), { kind: 'range', key: 'size', not: true })
  // A condition that asks nothing yet asks what is usual.
  assert.deepEqual(changeField({ kind: 'values', key: 'country', values: [] }, 'size', size), {
    kind: 'range',
    key: 'size',
  })
  assert.deepEqual(changeField(title, 'city', { ...size, key: 'city', filter_type: 'keyword' }), {
    ...title,
    key: 'city',
  })
})

test('the panel groups the filters of contacts by person and company', () => {
  const named = (key: string, display_name: string): Filter => ({
    key,
    service: 'contact',
    filter_type: 'keyword',
    display_name,
    active: true,
  })
  const list = [
    named('uuid', 'UUID'),
    named('seniority', 'Seniority'),
    named('country', 'Country'),
    named('company_id', 'Company ID'),
    named('company_country', 'Company Country'),
    named('company_city', 'Company City'),
  ]
  const groups = groupFields('contact', list).map(({ title: name, main, more }) => [
    name,
    main.map(({ key }) => key),
    more.map(({ key }) => key),
  ])
  assert.deepEqual(groups, [
    ['Person', ['country', 'seniority'], ['uuid', 'company_id']],
    ['Company', ['company_country'], ['company_city']],
  ])
  assert.equal(shortName(list[4]!), 'Country')
  assert(hasWords('Company Country', 'coun comp') && !hasWords('Company Country', 'city'))
})

test('values have the names that the server gave them, or else look like them', () => {
  assert.equal(nameOfValue('company_country', 'united states'), 'United States')
  assert.equal(nameOfValue('seniority', 'c_suite'), 'C Suite')
  assert.equal(nameOfValue('email', 'ann@x.example'), 'ann@x.example')
  rememberNames('country', [{ value: 'côte d’ivoire', display_value: 'Côte d’Ivoire', count: 1 }])
  assert.equal(nameOfValue('country', 'COTE D’IVOIRE'), 'Côte d’Ivoire')
  assert(foldValue('Zürich') === foldValue('zurich') && foldValue('zurich') !== foldValue('zug'))
})

test('a pasted list gives its lines, each once', () => {
  assert.deepEqual(splitLines('a@x.example\r\n b@x.example \n\na@x.example\tc'), ['a@x.example', 'b@x.example', 'c'])
})
