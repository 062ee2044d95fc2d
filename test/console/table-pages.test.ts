/** Every page of a long list can be requested, from wherever the table is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Order, Query, Where } from '../../console/src/api/query.ts'
import type { RecordRow } from '../../console/src/api/records.ts'
import { findPage, MAX_STEPS, TooFarError } from '../../console/src/explore/records/find-page.ts'
import { cursorsOf, PAGE_SIZE, PageCursors, pageOf } from '../../console/src/explore/records/page-cursors.ts'
import { patchPage } from '../../console/src/explore/records/patch-records.ts'
import { drawnHeight, followScroll, ROW_HEIGHT, scrollTo } from '../../console/src/explore/table/scroll-place.ts'

type Person = Readonly<Record<string, string | null>> & { readonly uuid: string }

const uuidOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

/** Sorts and pages as the API does: missing values last in both directions, then by uuid upwards; a page by its number or a cursor. */
class Server {
  readonly people: readonly Person[]
  readonly #sorted = new Map<string, readonly Person[]>()
  requests = 0

  constructor(people: readonly Person[]) {
    this.people = people
  }

  sort(order: readonly Order[], where: Where = {}): readonly Person[] {
    const key = JSON.stringify([order, where])
    const sorted = this.#sorted.get(key) ?? this.#sort(order, where)
    this.#sorted.set(key, sorted)
    return sorted
  }

  #sort(order: readonly Order[], where: Where): readonly Person[] {
    const orders = order.flatMap(({ order_by, order_direction }) =>
      (order_by === 'full_name' ? ['last_name', 'first_name'] : [order_by]).map(field => ({ field, order_direction })),
    )
    return this.people
      .filter(person => matches(person, where))
      .sort((one, other) => {
        for (const { field, order_direction } of orders) {
          const [a, b] = [one[field] ?? null, other[field] ?? null]
          if (a === b) continue
          if (a === null || b === null) return a === null ? 1 : -1
          return (a < b ? -1 : 1) * (order_direction === 'asc' ? 1 : -1)
        }
        return one.uuid < other.uuid ? -1 : 1
      })
  }

  async search({ where, order_by = [], page, cursor, limit = 25 }: Query): Promise<readonly RecordRow[]> {
    this.requests++
    const sorted = this.sort(order_by, where)
    assert.ok(page === undefined || page * limit <= 10_000, `page ${page} of ${limit} rows`)
    const cursorFor = (person: Person) => [
      ...order_by.map(({ order_by: field }) =>
        field === 'full_name' ? pairOf(person.last_name!, person.first_name!) : (person[field] ?? ''),
      ),
      person.uuid,
    ]
    const text = JSON.stringify(cursor)
    const from = cursor
      ? sorted.findIndex(person => JSON.stringify(cursorFor(person)) === text) + 1
      : (page! - 1) * limit
    assert.ok(!cursor || from > 0, `no row has the cursor ${text}`)
    return sorted
      .slice(from, from + limit)
      .map(({ uuid, ...person }) => ({ uuid, cursor: cursorFor({ uuid, ...person }) }))
  }

  async count(where: Where): Promise<number> {
    return this.people.filter(person => matches(person, where)).length
  }
}

function matches(person: Person, { and = [], or, exists, keyword_match }: Where): boolean {
  return (
    and.every(part => matches(person, part)) &&
    (or === undefined || or.some(part => matches(person, part))) &&
    Object.entries(keyword_match?.must ?? {}).every(([field, value]) => person[field] === value) &&
    (exists?.must ?? []).every(field => person[field] !== null) &&
    (exists?.must_not ?? []).every(field => person[field] === null)
  )
}

function pairOf(last: string | null, first: string | null): string {
  return last === null && first === null ? '' : JSON.stringify([last, first])
}

const OPTIONS = { signal: new AbortController().signal, onProgress() {} }

/** The rows of a page, and how many requests it took to get them. */
async function readPage(server: Server, order: readonly Order[], index: number, cursors: PageCursors) {
  server.requests = 0
  const search = (query: Query) => server.search(query)
  const count = (where: Where) => server.count(where)
  const request = await findPage(index, { where: {}, order, search, count }, cursors, OPTIONS)
  const rows = request === null ? [] : await search({ order_by: order, limit: PAGE_SIZE, ...request })
  return { uuids: rows.map(({ uuid }) => uuid), requests: server.requests }
}

const by = (order_by: string, order_direction: 'asc' | 'desc' = 'asc'): Order => ({ order_by, order_direction })
const TOTAL = 23_450

/** `titled`: the share of people with a title. All have names. */
function peopleWith(titled: number): Server {
  return new Server(
    Array.from({ length: TOTAL }, (_, number) => ({
      uuid: uuidOf((number * 7919) % TOTAL),
      title: number / TOTAL < titled ? `title ${number % 900}` : null,
      first_name: `first ${number % 50}`,
      last_name: `last ${number % 400}`,
    })),
  )
}

/** Some have a last name only, or no name at all. */
function peopleWithout(firstNames: number, names: number): Server {
  return new Server(
    peopleWith(1).people.map((person, number) => ({
      ...person,
      first_name: number < firstNames + names ? null : person.first_name!,
      last_name: number < names ? null : person.last_name!,
    })),
  )
}

const some = peopleWith(0.7)
const ORDERS: readonly (readonly [server: Server, order: readonly Order[]])[] = [
  [some, []],
  [some, [by('title')]],
  [some, [by('title', 'desc')]],
  [some, [by('uuid', 'desc')]],
  [some, [by('full_name')]],
  [peopleWithout(0, 500), [by('full_name', 'desc')]],
  [peopleWithout(0, 9000), [by('last_name'), by('first_name', 'desc')]],
  [peopleWith(1), [by('title', 'desc'), by('full_name')]],
]

for (const [server, order] of ORDERS) {
  const name = order.map(({ order_by, order_direction }) => `${order_by} ${order_direction}`).join(', ') || 'no order'
  test(`the last pages of a long list are two requests away, with ${name}`, async () => {
    const sorted = server.sort(order).map(({ uuid }) => uuid)
    const last = pageOf(TOTAL - 1)
    const cursors = new PageCursors()
    for (const page of [last, last - 1, last - 20, 99, 0]) {
      const { uuids, requests } = await readPage(server, order, page, cursors)
      assert.deepEqual(uuids, sorted.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE), `page ${page}`)
      assert.ok(requests <= 2, `${requests} requests for page ${page}`)
    }
  })
}

test('rows before a long tail without values are two requests away', async () => {
  const server = peopleWith(0.55)
  const page = pageOf(TOTAL * 0.55) - 2
  const sorted = server.sort([by('title')]).map(({ uuid }) => uuid)
  const { uuids, requests } = await readPage(server, [by('title')], page, new PageCursors())
  assert.deepEqual(uuids, sorted.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE))
  assert.equal(requests, 2)
})

test('where some have a last name only, rows near the end are some requests away', async () => {
  const order = [by('full_name')]
  const server = peopleWithout(2000, 1500)
  const sorted = server.sort(order).map(({ uuid }) => uuid)
  const cursors = new PageCursors()
  for (const [page, most] of [
    [225, 2],
    [215, 20],
    [150, 20],
    [151, 2],
  ] as const) {
    const { uuids, requests } = await readPage(server, order, page, cursors)
    assert.deepEqual(uuids, sorted.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE), `page ${page}`)
    assert.ok(requests <= most, `${requests} requests for page ${page}`)
  }
})

test('a page that is far from the end, too, is read on to from the nearest known page', async () => {
  const order = [by('title')]
  const server = peopleWith(0.99)
  const sorted = server.sort(order).map(({ uuid }) => uuid)
  const cursors = new PageCursors()
  const far = await readPage(server, order, 130, cursors)
  assert.deepEqual(far.uuids, sorted.slice(13_000, 13_100))
  assert.equal(far.requests, 130 - 99 + 1)
  assert.equal((await readPage(server, order, 131, cursors)).requests, 2)
  assert.equal((await readPage(server, order, 120, cursors)).requests, 1, 'on the way there')
  assert.deepEqual(await readPage(server, order, 235, cursors), { uuids: [], requests: 235 - 131 }, 'after the end')
})

/** A list of so many rows that only their numbers exist. */
function hugeList(total: number) {
  const calls: Query[] = []
  const rowsFrom = (from: number, limit: number) =>
    Array.from({ length: Math.max(0, Math.min(limit, total - from)) }, (_, at) => ({
      uuid: uuidOf(from + at),
      cursor: [uuidOf(from + at)],
    }))
  const list = {
    where: {},
    order: [],
    async search(query: Query): Promise<readonly RecordRow[]> {
      calls.push(query)
      const { page, cursor, limit = 25, order_by = [] } = query
      if (order_by.length === 0)
        return rowsFrom(cursor ? Number(cursor[0]!.slice(-12)) + 1 : (page! - 1) * limit, limit)
      return rowsFrom(total - page! * limit, limit)
    },
    count: async () => total,
  }
  return { list, calls }
}

test('the middle of a list that is too long is not read up to', async () => {
  const { list, calls } = hugeList(1_000_000)
  const cursors = new PageCursors()
  await assert.rejects(findPage(5000, list, cursors, OPTIONS), TooFarError)
  assert.equal(calls.length, 0)
  assert.deepEqual(await findPage(99 + MAX_STEPS, list, cursors, OPTIONS), { cursor: [uuidOf(109_899)] })
  assert.equal(calls.length, MAX_STEPS)
})

test('pages that are looked for at the same time share their way, and one that nobody wants any more ends', async () => {
  const { list, calls } = hugeList(100_000)
  const cursors = new PageCursors()
  const reached: number[] = []
  const progress = { ...OPTIONS, onProgress: (row: number) => void reached.push(row) }
  const [first, second] = await Promise.all([400, 401].map(page => findPage(page, list, cursors, progress)))
  assert.deepEqual([first, second], [{ cursor: [uuidOf(39_999)] }, { cursor: [uuidOf(40_099)] }])
  assert.equal(calls.length, 401 - 99)
  assert.ok(reached.length > 5 && reached.every(row => row > 10_000 && row < 40_000), String(reached))

  const controller = new AbortController()
  calls.length = 0
  const search = (query: Query) => {
    if (calls.length === 3) controller.abort()
    return list.search(query)
  }
  await assert.rejects(findPage(600, { ...list, search }, cursors, { ...OPTIONS, signal: controller.signal }), {
    name: 'AbortError',
  })
  assert.equal(calls.length, 4)
  assert.equal(cursors.nearest(600), 405, 'what was seen on the way is known')
})

test('the cursors of a list are kept while others are shown', () => {
  cursorsOf('a').remember(200, ['x'])
  for (let other = 0; other < 5; other++) cursorsOf(`b${other}`)
  assert.deepEqual(cursorsOf('a').request(200), { cursor: ['x'] })
})

test('the first 10,000 rows are requested by number, so that pages fit together after a change', () => {
  const cursors = new PageCursors()
  cursors.remember(3, ['stale'])
  assert.deepEqual(cursors.request(3), { page: 4 })
  assert.deepEqual(cursors.request(99), { page: 100 })
  assert.equal(cursors.request(100), null)
})

const VIEW = 800

test('up to 500,000 rows the scroll bar is not scaled', () => {
  const size = { rows: 500_000, view: VIEW }
  const place = followScroll({ scrollTop: 0, top: 0 }, 12_345_678, size)
  assert.deepEqual(place, { scrollTop: 12_345_678, top: 12_345_678 })
  assert.deepEqual(scrollTo(place, 64, size), { scrollTop: 64, top: 64 })
})

for (const rows of [600_000, 1_000_000, 50_000_000]) {
  const size = { rows, view: VIEW }
  const bottom = rows * ROW_HEIGHT - VIEW
  const lowest = drawnHeight(rows) - VIEW

  test(`of ${rows} rows, the scroll bar reaches the first and the last one, and the middle is in the middle`, () => {
    let place = { scrollTop: 0, top: 0 }
    for (const [scrollTop, top] of [
      [lowest, bottom],
      [lowest / 2, bottom / 2],
      [0, 0],
    ] as const) {
      place = followScroll(place, scrollTop, size)
      assert.ok(Math.abs(place.top - top) <= 1, `${place.top} at ${scrollTop}`)
    }
  })

  test(`of ${rows} rows, small steps pass by every row, down from the top and up from the bottom`, () => {
    for (const [start, step, end] of [
      [{ scrollTop: 0, top: 0 }, 120, bottom],
      [{ scrollTop: lowest, top: bottom }, -120, 0],
    ] as const) {
      let place: { scrollTop: number; top: number } = start
      for (let count = 0; count < 2000; count++) {
        const next = followScroll(place, Math.max(0, Math.min(lowest, place.scrollTop + step)), size)
        assert.equal(next.top - place.top, step)
        assert.ok(next.scrollTop >= 0 && next.scrollTop <= lowest)
        place = next
      }
      assert.notEqual(place.top, end)
      // And back to where it began, which is the end of the bar.
      while (place.top !== start.top)
        place = followScroll(place, Math.max(0, Math.min(lowest, place.scrollTop - step)), size)
      assert.equal(place.scrollTop, start.scrollTop)
    }
  })

  test(`of ${rows} rows, each can be scrolled to`, () => {
    let place = { scrollTop: 0, top: 0 }
    for (const row of [0, 1, 30, rows / 2, rows / 2 + 1, rows - 30, rows - 1]) {
      const top = Math.min(bottom, row * ROW_HEIGHT)
      place = scrollTo(place, top, size)
      assert.equal(place.top, top)
      assert.deepEqual(followScroll(place, place.scrollTop, size), place, 'the event of the browser changes nothing')
    }
  })
}

test('an edit changes the row where it is, with the fields that it has, and nothing else', () => {
  const other = { uuid: '2', title: 'CTO' }
  const page = [{ uuid: '1', title: 'CEO', company: null }, other]
  const patched = patchPage('1', { title: 'Founder', city: 'Rome', company: { uuid: '3' } })(page)!
  assert.deepEqual(patched[0], { uuid: '1', title: 'Founder', company: null })
  assert.equal(patched[1], other)
  assert.equal(patchPage('9', { title: 'x' })(page), page)
  assert.equal(patchPage('9', { title: 'x' })(undefined), undefined)
})
