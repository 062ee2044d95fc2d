/** Edits of cells, with the real cache of queries and a server that answers when the test says so. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QueryClient, QueryObserver } from '@tanstack/react-query'
import type { RecordRow, Value } from '../../console/src/api/records.ts'
import { editField, type RecordServer, recordKey, undoEdit } from '../../console/src/explore/records/edit-field.ts'
import { withEdits } from '../../console/src/explore/records/pending-edits.ts'

const uuid = 'a'
const PAGE = ['pages', 'contact', {}, 0]
const KEY = recordKey('contact', uuid)

interface Waiting {
  readonly changes: Readonly<Record<string, Value>>
  readonly accept: () => void
  readonly refuse: () => void
}

/** A server with one record. Updates wait until they are accepted or refused. */
function start(title: string) {
  let record: RecordRow = { uuid, title, city: 'Rome' }
  const waiting: Waiting[] = []
  const server: RecordServer = {
    update: (_service, _uuid, changes) =>
      new Promise((resolve, reject) => {
        waiting.push({
          changes,
          accept() {
            record = { ...record, ...changes }
            resolve([])
          },
          refuse: () => reject(new Error('refused')),
        })
      }),
    read: async () => record,
  }
  // Timers that drop queries would keep the test running.
  const client = new QueryClient({ defaultOptions: { queries: { gcTime: Number.POSITIVE_INFINITY } } })
  client.setQueryData(PAGE, [record, { uuid: 'b', title: 'Other' }])
  client.setQueryData(KEY, record)
  const edit = (before: Value, after: Value, field = 'title') =>
    editField(client, server, { service: 'contact', uuid, field, before, after })
  const undo = (before: Value, after: Value) =>
    undoEdit(client, server, { service: 'contact', uuid, field: 'title', before, after })
  const shown = (field = 'title') => [
    client.getQueryData<RecordRow[]>(PAGE)![0]![field],
    client.getQueryData<RecordRow>(KEY)![field],
  ]
  const next = async () => {
    while (waiting.length === 0) await new Promise(resolve => setImmediate(resolve))
    return waiting.shift()!
  }
  const changeElsewhere = (title: string) => {
    record = { ...record, title }
  }
  return { client, server, edit, undo, shown, next, waiting, read: () => record, changeElsewhere }
}

test('an edit is shown at once, and taken back if the server refuses it', async () => {
  const { edit, shown, next } = start('CEO')
  const done = edit('CEO', 'Founder')
  assert.deepEqual(shown(), ['Founder', 'Founder'])
  ;(await next()).refuse()
  await assert.rejects(done, { message: 'refused' })
  assert.deepEqual(shown(), ['CEO', 'CEO'])
})

test('edits of a record are sent one after the other, and the last one stays on top', async () => {
  const { edit, shown, next, waiting } = start('CEO')
  const first = edit('CEO', 'CTO')
  const second = edit('CTO', 'CFO')
  const city = edit('Rome', 'Oslo', 'city')
  const one = await next()
  assert.deepEqual([one.changes, waiting.length], [{ title: 'CTO' }, 0])
  one.accept()
  await first
  assert.deepEqual(shown(), ['CFO', 'CFO'], 'the stored record of the first edit is older than the second one')
  assert.deepEqual(shown('city'), ['Oslo', 'Oslo'])
  ;(await next()).accept()
  ;(await next()).accept()
  assert.equal((await second).before, 'CTO')
  await city
  assert.deepEqual(
    [shown(), shown('city')],
    [
      ['CFO', 'CFO'],
      ['Oslo', 'Oslo'],
    ],
  )
})

test('a refused edit leaves a later one alone, which is undone to what is stored', async () => {
  const { edit, shown, next } = start('CEO')
  const refused = edit('CEO', 'CTO')
  const kept = edit('CTO', 'CFO')
  ;(await next()).refuse()
  await assert.rejects(refused)
  assert.deepEqual(shown(), ['CFO', 'CFO'])
  ;(await next()).accept()
  assert.equal((await kept).before, 'CEO')
})

test('an edit is undone only if the field still has its value', async () => {
  const { edit, undo, shown, next, waiting, read, changeElsewhere } = start('CEO')
  const first = edit('CEO', 'CTO')
  const second = edit('CTO', 'CFO')
  const tooLate = undo('CTO', 'CEO')
  ;(await next()).accept()
  ;(await next()).accept()
  await Promise.all([first, second])
  assert.equal(await tooLate, null)
  assert.deepEqual([read().title, shown(), waiting.length], ['CFO', ['CFO', 'CFO'], 0])

  const undone = undo('CFO', 'CTO')
  ;(await next()).accept()
  assert.equal((await undone)!.record!.title, 'CTO')
  assert.deepEqual(shown(), ['CTO', 'CTO'])

  const overtaken = undo('CTO', 'CFO')
  const later = edit('CTO', 'CTO of all')
  assert.equal(await overtaken, null)
  assert.deepEqual(shown(), ['CTO of all', 'CTO of all'])
  ;(await next()).accept()
  await later

  changeElsewhere('Founder')
  assert.equal(await undo('CTO of all', 'CTO'), null)
  assert.deepEqual([read().title, shown()], ['Founder', ['Founder', 'Founder']])
})

test('a refused edit of another record or field changes nothing else', async () => {
  const { client, edit, next, shown } = start('CEO')
  const refused = edit('Rome', 'Oslo', 'city')
  const title = edit('CEO', 'CFO')
  ;(await next()).refuse()
  await assert.rejects(refused)
  ;(await next()).accept()
  await title
  assert.deepEqual(
    [shown(), shown('city')],
    [
      ['CFO', 'CFO'],
      ['Rome', 'Rome'],
    ],
  )
  assert.equal(client.getQueryData<RecordRow[]>(PAGE)![1]!.title, 'Other')
})

test('a reply that was requested before the edit was stored does not bring the old value back', async () => {
  const { edit, next, read } = start('CEO')
  const old = read()
  const askedBefore = performance.now()
  const done = edit('CEO', 'Founder')
  assert.equal(withEdits('contact', old, askedBefore).title, 'Founder')
  ;(await next()).accept()
  await done
  assert.equal(withEdits('contact', old, askedBefore).title, 'Founder')
  assert.equal(withEdits('company', old, askedBefore), old)
  const later = { ...old, title: 'Changed by someone else' }
  assert.equal(withEdits('contact', later, performance.now()), later)
  const without: RecordRow = { uuid, city: 'Rome' }
  assert.equal(withEdits('contact', without, askedBefore), without, 'a field that was not selected is not added')
})

test('counts, other lists and other records are asked for again; the list that is shown stays', async () => {
  const { client, edit, next } = start('CEO')
  const keys = {
    count: ['count', 'contact', {}],
    companies: ['pages', 'company', {}, 0],
    otherList: ['pages', 'contact', { order: [] }, 0],
    otherRecord: recordKey('contact', 'b'),
    session: ['session', 'key'],
  }
  for (const key of Object.values(keys)) client.setQueryData(key, [])
  const observe = client.getQueryCache().find({ queryKey: PAGE })!
  // As a component that shows it.
  let requests = 0
  const observer = new QueryObserver(client, {
    queryKey: PAGE,
    queryFn: () => {
      requests++
      return []
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  const stop = observer.subscribe(() => {})
  const done = edit('CEO', 'Founder')
  ;(await next()).accept()
  await done
  const isStale = (key: readonly unknown[]) => client.getQueryState(key)!.isInvalidated
  assert.deepEqual(
    Object.entries(keys).map(([name, key]) => [name, isStale(key)]),
    [
      ['count', true],
      ['companies', true],
      ['otherList', true],
      ['otherRecord', true],
      ['session', false],
    ],
  )
  assert.deepEqual([observe.state.isInvalidated, isStale(KEY), requests], [false, false, 0])
  stop()
})
