import './stand-ins.ts'
import assert from 'node:assert/strict'
import { beforeEach, mock, test } from 'node:test'
import { QueryClient } from '@tanstack/react-query'
import { currentKey, forgetKey, keepKey } from '../../../console/src/api/key.ts'
import { onSignOut, watchSignOut } from '../../../console/src/api/session-state.ts'
import { forgetCorrections, keepCorrections, readCorrections } from '../../../console/src/import/items/corrections.ts'
import { keepImportedRows, readImportedRows } from '../../../console/src/import/items/imported-rows.ts'
import { followImport, listFollowed, noteJobs } from '../../../console/src/jobs/job/follow-jobs.ts'
import { areCharactersOn, setCharacters } from '../../../console/src/shell/shortcut-setting.ts'
import { closeToast, listToasts, pauseToasts, showToast } from '../../../console/src/ui/toasts.ts'

let resets = 0
onSignOut(() => resets++)
watchSignOut()

beforeEach(() => {
  for (const { id } of listToasts()) closeToast(id)
  forgetKey()
  sessionStorage.clear()
  localStorage.clear()
  resets = 0
})

/** What another tab of the browser sees. */
const remembered = () => localStorage.getItem('connectra.key')

test('signing in for one tab leaves the remembered person signed in elsewhere', () => {
  keepKey('ck_remembered', { remember: true })
  keepKey('ck_tab', { remember: false })
  assert.equal(currentKey(), 'ck_tab')
  assert.equal(remembered(), 'ck_remembered')
  forgetKey()
  // The tab does not become the other person by itself, also not after a reload.
  assert.equal(currentKey(), null)
  assert.equal(remembered(), 'ck_remembered')
  keepKey('ck_next', { remember: true })
  assert.equal(currentKey(), 'ck_next')
  forgetKey()
  assert.equal(remembered(), null)
})

test('whatever a person leaves behind is gone when the key changes', () => {
  keepKey('ck_one', { remember: false })
  showToast('Saved', { action: { label: 'Undo', run: () => {} } })
  keepCorrections('rejects/a', new Map([[0, new Map([[1, 'b']])]]))
  keepImportedRows('rejects/a', 'job 1', new Map([[2, new Map([[0, 'c']])]]))
  sessionStorage.setItem('connectra.of-a-room-that-is-not-loaded', 'x')
  assert.equal(resets, 0)
  keepKey('ck_two', { remember: false })
  assert.equal(resets, 1)
  assert.deepEqual(listToasts(), [])
  assert.equal(readCorrections('rejects/a').size, 0)
  assert.equal(readImportedRows('rejects/a').size, 0)
  assert.equal(sessionStorage.length, 1)
  assert.equal(currentKey(), 'ck_two')
})

test('rows that were corrected and imported are known after a reload, with their jobs', () => {
  keepImportedRows('rejects/e', 'job 1', new Map([[2, new Map([[0, 'c']])]]))
  keepImportedRows('rejects/e', 'job 2', new Map([[5, new Map([[1, 'd']])]]))
  const rows = readImportedRows('rejects/e')
  assert.deepEqual([...rows.keys()], [2, 5])
  assert.deepEqual(rows.get(2), { job: 'job 1', cells: new Map([[0, 'c']]) })
  const stored = sessionStorage.getItem('connectra.imported-rows.rejects/e')!
  sessionStorage.setItem('connectra.imported-rows.rejects/f', stored)
  assert.deepEqual(readImportedRows('rejects/f'), rows)
  sessionStorage.setItem('connectra.imported-rows.rejects/g', '[1')
  assert.equal(readImportedRows('rejects/g').size, 0)
})

test('corrections of rejected rows are kept in the session until they are imported', () => {
  let warnings = 0
  const leave = () => {
    const event = new Event('beforeunload', { cancelable: true })
    dispatchEvent(event)
    if (event.defaultPrevented) warnings++
  }
  leave()
  assert.equal(warnings, 0)
  const corrections = new Map([[3, new Map([[1, 'a,"\n']])]])
  keepCorrections('rejects/b', corrections)
  assert.deepEqual(readCorrections('rejects/b'), corrections)
  leave()
  assert.equal(warnings, 1)
  // As after a reload.
  sessionStorage.setItem('connectra.corrections.rejects/c', sessionStorage.getItem('connectra.corrections.rejects/b')!)
  assert.deepEqual(readCorrections('rejects/c'), corrections)
  sessionStorage.setItem('connectra.corrections.rejects/d', '{"a":')
  assert.equal(readCorrections('rejects/d').size, 0)
  for (const key of ['b', 'c', 'd']) forgetCorrections(`rejects/${key}`)
  leave()
  assert.equal(warnings, 1)
  assert.equal(sessionStorage.length, 0)
})

test('messages go away, but not while somebody reads them, and errors stay until they are closed', () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    for (const text of ['e1', 'e2', 'e3']) showToast(text, { tone: 'bad' })
    for (const text of ['a', 'b', 'c']) showToast(text)
    const texts = () => listToasts().map(({ text }) => text)
    assert.deepEqual(texts(), ['e1', 'e2', 'e3', 'c'])
    showToast('e4', { tone: 'bad' })
    assert.deepEqual(texts(), ['e1', 'e2', 'e3', 'e4'])
    for (const { id } of listToasts()) closeToast(id)

    showToast('saved', { action: { label: 'Undo', run: () => {} } })
    showToast('copied')
    mock.timers.tick(8000)
    assert.deepEqual(texts(), ['saved'])
    pauseToasts('pointer', true)
    pauseToasts('focus', true)
    mock.timers.tick(60_000)
    pauseToasts('pointer', false)
    mock.timers.tick(60_000)
    assert.deepEqual(texts(), ['saved'])
    pauseToasts('focus', false)
    mock.timers.tick(29_000)
    assert.deepEqual(texts(), ['saved'])
    mock.timers.tick(1000)
    assert.deepEqual(texts(), [])
  } finally {
    mock.timers.reset()
  }
})

test('a message replaces an earlier one about the same, and none moves under the pointer', () => {
  const shown = () => listToasts().map(({ text, isClosed }) => (isClosed ? '' : text))
  const close = (text: string) => closeToast(listToasts().find(toast => toast.text === text)!.id)
  showToast('Title: A → B', { topic: 'title' })
  showToast('City: X → Y', { topic: 'city' })
  showToast('Title: B → C', { topic: 'title' })
  assert.deepEqual(shown(), ['Title: B → C', 'City: X → Y'])
  pauseToasts('pointer', true)
  close('Title: B → C')
  assert.deepEqual(shown(), ['', 'City: X → Y'])
  showToast('Title is B again.', { topic: 'title' })
  for (const text of ['1', '2', '3']) showToast(text)
  assert.deepEqual(shown(), ['Title is B again.', 'City: X → Y', '1', '2', '3'])
  close('City: X → Y')
  pauseToasts('pointer', false)
  assert.deepEqual(shown(), ['Title is B again.', '1', '2', '3'])
  pauseToasts('pointer', true)
  for (const text of ['1', '2', '3', 'Title is B again.']) close(text)
  assert.deepEqual(shown(), [])
  // The pointer does not leave what is gone.
  showToast('4')
  close('4')
  assert.deepEqual(shown(), [])
})

test('when an import ends, counts, lists and figures are outdated; the session and saved views are not', () => {
  const client = new QueryClient({ defaultOptions: { queries: { gcTime: Number.POSITIVE_INFINITY } } })
  const keys = [
    ['count', 'contact'],
    ['pages', 'contact'],
    ['values'],
    ['histogram'],
    ['overview', 'totals'],
    ['people'],
  ]
  const others = [['session', 'ck'], ['views']]
  for (const key of [...keys, ...others]) client.setQueryData(key, 1)
  const isOutdated = (key: readonly unknown[]) => client.getQueryState(key)!.isInvalidated
  const job = { uuid: 'a', job_type: 'insert_csv_file', status: 'processing' } as const
  noteJobs(client, [job, { ...job, uuid: 'x', job_type: 'export_csv_file' }])
  assert.deepEqual(listFollowed(), ['a'])
  noteJobs(client, [{ ...job, uuid: 'b', status: 'completed' }])
  assert.ok(!keys.some(isOutdated), 'b had ended before it was seen')
  noteJobs(client, [{ ...job, status: 'completed' }])
  assert.ok(keys.every(isOutdated))
  assert.ok(!others.some(isOutdated))
  assert.deepEqual(listFollowed(), [])

  // One that ends before it is asked for.
  for (const key of keys) client.setQueryData(key, 2)
  followImport('c')
  noteJobs(client, [{ ...job, uuid: 'c', status: 'failed' }])
  assert.ok(keys.every(isOutdated))
})

test('shortcuts of a single key can be turned off for this browser', () => {
  assert.equal(areCharactersOn(), true)
  setCharacters(false)
  assert.equal(areCharactersOn(), false)
  assert.equal(localStorage.getItem('connectra.character-shortcuts'), 'off')
  setCharacters(true)
  assert.equal(areCharactersOn(), true)
})
