import assert from 'node:assert/strict'
import { test } from 'node:test'
import { patchPages } from '../../console/src/explore/record/patch-records.ts'
import {
  MAX_PAGES,
  PAGE_SIZE,
  PageCursors,
  pageOf,
  planPages,
  rowAt,
} from '../../console/src/explore/table/page-window.ts'

/** A list of `total` rows, of which pages are loaded as the table does. Returns the number of requests for each place. */
function scrollTable(total: number) {
  const cursors = new PageCursors()
  let first = 0
  let count = 0
  const lastPage = Math.max(0, Math.ceil(total / PAGE_SIZE) - 1)

  function load(page: number) {
    const request = cursors.request(page)
    assert.ok(request, `page ${page} can be requested`)
    if ((page + 1) * PAGE_SIZE <= total) cursors.remember(page + 1, [String(page)])
  }

  function scrollTo(top: number): number {
    for (let requests = 0; ; requests++) {
      assert.ok(requests < 200, 'it ends')
      const hasNext = first + count <= lastPage
      const plan = count === 0 ? { jump: 0 } : planPages({ first, count, hasNext }, { top, bottom: top + 40 }, cursors)
      if (plan === null) {
        assert.ok(
          first <= pageOf(top) && pageOf(Math.min(total - 1, top + 40)) < first + count,
          `row ${top} is in memory`,
        )
        assert.ok(count <= MAX_PAGES)
        return requests
      }
      if (plan === 'next') {
        load(first + count)
        if (count === MAX_PAGES) first++
        else count++
      } else if (plan === 'previous') {
        load(first - 1)
        first--
        count = Math.min(MAX_PAGES, count + 1)
      } else {
        load(plan.jump)
        first = plan.jump
        count = 1
      }
    }
  }
  return { scrollTo, cursors }
}

test('scrolling down takes one request a page, ahead of what is visible', () => {
  const { scrollTo } = scrollTable(1_000_000)
  assert.equal(scrollTo(0), 2)
  assert.equal(scrollTo(60), 1, 'the second page is in sight, the third is requested')
  let requests = 0
  for (let top = 100; top <= 20_000; top += 50) requests += scrollTo(top)
  // The pages up to the one after that of row 20,000, less the three from before.
  assert.equal(requests, 199)
})

test('what was seen is one jump away, in both directions, and so are the first 10,000 rows', () => {
  const { scrollTo } = scrollTable(1_000_000)
  scrollTo(0)
  assert.ok(scrollTo(9_000) <= 3)
  for (let top = 9_000; top <= 30_000; top += 50) scrollTo(top)
  assert.ok(scrollTo(0) <= 3)
  assert.ok(scrollTo(29_000) <= 3)
  for (let top = 29_000; top >= 12_000; top -= 50) scrollTo(top)
})

test('the scroll bar covers the rows that can be reached, and a little more', () => {
  const { scrollTo, cursors } = scrollTable(1_000_000)
  assert.equal(cursors.countReachable(12), 12)
  assert.equal(cursors.countReachable(1_000_000), 10_000)
  for (let top = 0; top <= 10_000; top += 50) scrollTo(top)
  const reach = cursors.countReachable(1_000_000)
  assert.ok(reach > 11_000 && reach < 12_000)
  assert.ok(scrollTo(reach - 41) < 15, 'beyond the known pages it goes one by one')
  assert.equal(cursors.countReachable(10_300), 10_300)
})

test('the end of a list is the end', () => {
  for (const total of [1, 99, 100, 101, 250]) {
    const { scrollTo } = scrollTable(total)
    scrollTo(Math.max(0, total - 41))
    assert.equal(scrollTo(0), 0)
  }
})

test('rows are found by their number while other pages are in memory', () => {
  const page = (from: number, length: number) => Array.from({ length }, (_, at) => ({ uuid: String(from + at) }))
  const data = {
    pages: [page(300, 100), page(400, 20)],
    pageParams: [
      { index: 3, page: 4 },
      { index: 4, page: 5 },
    ],
  }
  assert.equal(rowAt(data, 350)!.uuid, '350')
  assert.equal(rowAt(data, 419)!.uuid, '419')
  for (const missing of [0, 299, 420, 500]) assert.equal(rowAt(data, missing), undefined)
  assert.equal(rowAt(undefined, 0), undefined)
})

test('an edit changes the row where it is, with the fields that it has, and nothing else', () => {
  const other = [{ uuid: '2', title: 'CTO' }]
  const data = { pages: [[{ uuid: '1', title: 'CEO', company: null }], other], pageParams: [] }
  const patched = patchPages('1', { title: 'Founder', city: 'Rome', company: { uuid: '3' } })(data)!
  assert.deepEqual(patched.pages[0], [{ uuid: '1', title: 'Founder', company: null }])
  assert.equal(patched.pages[1]![0], other[0])
  assert.equal(patchPages('9', { title: 'x' })(data), data)
  assert.equal(patchPages('9', { title: 'x' })(undefined), undefined)
})
