import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Corrections } from '../../../console/src/import/items/corrections.ts'
import {
  fileGone,
  fileOfRows,
  findWaiting,
  newItem,
  restoreItems,
  whyRefused,
} from '../../../console/src/import/items/import-items.ts'
import { NO_ATTEMPTS, nextAttempt } from '../../../console/src/import/items/next-attempt.ts'
import { divideBar, rowParts } from '../../../console/src/import/report/outcome-parts.ts'
import {
  correctCell,
  correctedName,
  readRejects,
  reportName,
  writeCorrected,
} from '../../../console/src/import/report/rejects.ts'
import {
  effectSentence,
  groupByCode,
  outcomeSentence,
  rowSentences,
  speedSentence,
  stoppedSentence,
  withoutCompany,
} from '../../../console/src/import/report/report-words.ts'
import { addReading, describeTimeLeft, rateOf, secondsLeft, startMeter } from '../../../console/src/jobs/job/meter.ts'

test('after a reload, what was uploaded goes on, and what was cut off waits for its file', () => {
  const uploaded = {
    ...newItem('1', { name: 'a.csv', size: 9 }),
    s3Key: 'uploads/a',
    mapping: { Firma: 'company', Alt: null },
    service: 'contact',
  }
  const stored = [uploaded, { ...uploaded, id: '2', job: 'uuid' }, newItem('3', { name: 'b.csv', size: 5 })]
  const items = restoreItems(JSON.stringify(stored))
  assert.deepEqual(
    items.map(({ step, problem }) => [step, problem]),
    [
      ['check', null],
      ['run', null],
      ['upload', null],
    ],
  )
  assert.deepEqual(items[0]!.mapping, { Firma: 'company', Alt: null })
  assert.equal(items[0]!.service, 'contact')
  const waiting = items.map(item => (item.step === 'upload' ? { ...item, problem: fileGone(item) } : item))
  assert.equal(waiting[2]!.problem!.reason, 'file-gone')
  assert.equal(findWaiting(items, { name: 'b.csv', size: 5 }), undefined)
  assert.equal(findWaiting(waiting, { name: 'b.csv', size: 5 })?.id, '3')
  assert.equal(findWaiting(waiting, { name: 'b.csv', size: 6 }), undefined)
  // What was never a file on a disk cannot be chosen again.
  assert.equal(fileGone({ name: 'pasted-rows.tsv', corrects: null }).reason, 'rows-gone')
  assert.equal(fileGone({ name: 'a-corrected.csv', corrects: 'rejects/a' }).reason, 'rows-gone')
})

test('a session may hold anything', () => {
  for (const json of [null, '', '{', '{}', '[1, null, {}]', '[{"id": 1}]']) assert.deepEqual(restoreItems(json), [])
  const [item] = restoreItems(
    '[{"id":"1","name":"a","size":1,"s3Key":"k","mapping":{"A":"bogus","B":"email"},"service":"x","encoding":5}]',
  )
  assert.deepEqual([item!.mapping, item!.service, item!.encoding], [{ B: 'email' }, null, null])
})

test('spreadsheets and empty files are refused with what to do', () => {
  assert.match(whyRefused({ name: 'Leads.XLSX', size: 5 })!, /Save it as CSV/)
  assert.match(whyRefused({ name: 'a.csv', size: 0 })!, /empty/)
  for (const name of ['a.csv', 'a.tsv', 'a.txt', 'a.csv.gz', 'a.zip', 'noext'])
    assert.equal(whyRefused({ name, size: 1 }), null)
})

test('pasted rows become a file; other text does not', () => {
  assert.equal(fileOfRows('Name\tAge\r\nAda\t36')?.name, 'pasted-rows.tsv')
  assert.equal(fileOfRows('Name,Age\nAda,36\n')?.name, 'pasted-rows.csv')
  assert.equal(fileOfRows('one line\n\n'), null)
})

test('rate and time left are smooth, and start again after a setback', () => {
  let meter = startMeter(0, 0)
  assert.equal(rateOf(meter), null)
  for (let second = 1; second <= 10; second++) meter = addReading(meter, second * 1000, second * 500)
  assert.ok(Math.abs(rateOf(meter)! - 500) < 1e-6)
  const jumped = rateOf(addReading(meter, 10_500, 5000 + 5000))!
  assert.ok(jumped > 500 && jumped < 2500, String(jumped))
  assert.equal(addReading(meter, 10_000, 9000), meter)
  assert.equal(rateOf(addReading(meter, 11_000, 10)), null)
  assert.equal(secondsLeft(1000, 500), 2)
  assert.equal(secondsLeft(1000, 0), null)
  assert.equal(describeTimeLeft(2), 'a few seconds left')
  assert.equal(describeTimeLeft(42), 'about 45 s left')
  assert.equal(describeTimeLeft(3700), 'about 1 h 2 min left')
  assert.equal(describeTimeLeft(null), '')
})

test('an upload is tried again for a minute, and from the start after it came further than before', () => {
  const attempt = (sent: readonly number[]) => {
    let attempts = NO_ATTEMPTS
    return sent.map(reached => {
      const { seconds, ...next } = nextAttempt(attempts, reached)
      attempts = next
      return seconds
    })
  }
  assert.deepEqual(attempt([0, 0, 0, 0, 0, 0]), [1, 3, 8, 15, 30, null])
  assert.deepEqual(attempt([0, 0, 10, 10, 5, 20]), [1, 3, 1, 3, 8, 1])
})

test('the report is plain words', () => {
  assert.equal(
    effectSentence({ created: 4812, updated: 12, unchanged: 1 }, 'contact'),
    '4,812 contacts were created, 12 rows changed a contact and 1 row had a contact that was already up to date.',
  )
  assert.equal(effectSentence({ created: 0, updated: 1, unchanged: 0 }, 'company'), '1 row changed a company.')
  assert.equal(
    effectSentence({ created: 2, updated: 1, unchanged: 0 }, 'company', 'future'),
    '2 companies will be created and 1 row will change a company.',
  )
  assert.equal(effectSentence({ created: 0, updated: 0, unchanged: 0 }, 'contact'), null)
  assert.equal(speedSentence(2, 1500, 3000), 'It took 2.0 s, 1,500 rows per second.')
  assert.equal(speedSentence(0.2, 5, 1), 'It took 0.2 s.')
  const counts = { read: 5, stored: 1, warned: 0, rejected: 3, empty: 1 }
  assert.deepEqual(rowSentences(counts), ['1 row had nothing to import.'])
  assert.match(stoppedSentence({ rows_read: 0, rows_stored: 0 }), /nothing was stored/)
  assert.equal(stoppedSentence({ rows_read: 5, rows_stored: 0 }), 'It stopped after 5 rows. Nothing was stored.')
  assert.match(stoppedSentence({ rows_read: 5, rows_stored: 1 }), /The 1 row that was stored is kept\.$/)
})

test('the report says first whether something went wrong', () => {
  const outcome = (read: number, stored: number, rejected: number) =>
    outcomeSentence({ read, stored, rejected, warned: 0, empty: read - stored - rejected })
  assert.equal(outcome(3000, 3000, 0), 'All 3,000 rows were stored. None was rejected.')
  assert.equal(outcome(3000, 2990, 10), '2,990 of 3,000 rows were stored, 10 were rejected.')
  assert.equal(outcome(3000, 1, 1), '1 of 3,000 rows was stored, 1 was rejected.')
  assert.equal(outcome(3000, 2999, 0), '2,999 of 3,000 rows were stored. None was rejected.')
  assert.equal(outcome(1, 1, 0), 'The only row was stored.')
  assert.equal(outcome(1, 0, 1), 'The only row was rejected.')
  assert.equal(outcome(1, 0, 0), 'The only row was not stored.')
})

test('the report counts rows without a company, if the file has companies', () => {
  const none = { created: 0, updated: 0, unchanged: 0 }
  const counts = (companies: typeof none, stored = 3000) =>
    withoutCompany({ rows: { read: 3000, stored, warned: 0, rejected: 0, empty: 0 }, contacts: none, companies })
  assert.equal(counts({ created: 404, updated: 0, unchanged: 2488 }), '108 rows have no company.')
  assert.equal(counts({ created: 404, updated: 107, unchanged: 2488 }), '1 row has no company.')
  assert.equal(counts({ created: 512, updated: 0, unchanged: 2488 }), null)
  assert.equal(counts(none), null)
  assert.equal(
    effectSentence({ created: 404, updated: 0, unchanged: 2488 }, 'company'),
    '404 companies were created and 2,488 rows belong to a company that was already there or in an earlier row.',
  )
  assert.equal(
    effectSentence({ created: 0, updated: 0, unchanged: 1 }, 'company', 'future'),
    '1 row belongs to a company that is already there.',
  )
})

test('problems are grouped by code, the most frequent first', () => {
  const kind = (code: string, field: string, count: number) => ({ code, field, count, line: 2, message: 'm' })
  const groups = groupByCode([
    kind('ERR_PLACEHOLDER', 'email', 2),
    kind('ERR_INVALID_VALUE', 'employees', 1),
    kind('ERR_PLACEHOLDER', 'city', 5),
  ])
  assert.deepEqual(
    groups.map(({ code, count }) => [code, count]),
    [
      ['ERR_PLACEHOLDER', 7],
      ['ERR_INVALID_VALUE', 1],
    ],
  )
  assert.deepEqual(
    groups[0]!.kinds.map(({ field }) => field),
    ['city', 'email'],
  )
})

test('three of a million can be seen in a bar', () => {
  const slices = divideBar(rowParts({ stored: 1_000_000, rejected: 3, empty: 0 }))
  assert.deepEqual(
    slices.map(({ kind }) => kind),
    ['stored', 'rejected'],
  )
  assert.ok(slices[1]!.width > 0.5 && slices[0]!.width + slices[1]!.width > 99.99)
  assert.deepEqual(divideBar(rowParts({ stored: 0, rejected: 0, empty: 0 })), [])
})

const FILE = `Name,Email,line,error_code,error_message
,'=x,4,ERR_MISSING_IDENTITY,"names nobody, nothing"
Ada,a@x,"1,2",5,ERR_INVALID_CSV,too many cells
Bob,6,ERR_INVALID_CSV,too few
`

test('rejected rows are read, also those with too many or too few cells', () => {
  const rejects = readRejects(FILE, true)!
  assert.deepEqual(rejects.header, ['Name', 'Email'])
  assert.equal(rejects.width, 3)
  assert.deepEqual(
    rejects.rows.map(({ line, cells }) => [line, ...cells]),
    [
      [4, '', '=x'],
      [5, 'Ada', 'a@x', '1,2'],
      [6, 'Bob', ''],
    ],
  )
  assert.equal(rejects.rows[0]!.message, 'names nobody, nothing')
  assert.equal(readRejects('Name,Email\n1,2\n', true), null)
  assert.equal(readRejects('', true), null)
})

test('only corrected rows are written, with the columns of the file and without formulas', () => {
  const rejects = readRejects(FILE, true)!
  const steps = [
    [0, 0, 'Ann, B.'],
    [1, 2, ''],
    [2, 1, 'b@x'],
    [2, 1, ''],
  ] as const
  const corrections = steps.reduce<Corrections>(
    (before, [row, column, value]) => correctCell(before, rejects, row, column, value),
    new Map(),
  )
  assert.deepEqual([...corrections.keys()], [0, 1])
  assert.equal(writeCorrected(rejects, corrections), 'Name,Email\n"Ann, B.",\'=x\nAda,a@x\n')
})

test('files of corrected rows are told apart by their names', () => {
  assert.equal(correctedName('contacts.csv.gz'), 'contacts-corrected.csv')
  assert.equal(correctedName('contacts-corrected.csv'), 'contacts-corrected-2.csv')
  assert.equal(correctedName('contacts-corrected-2.csv'), 'contacts-corrected-3.csv')
  assert.equal(reportName('contacts.csv.gz', 'rejected'), 'contacts-rejected.csv')
  assert.equal(reportName('contacts-corrected.csv', 'warnings'), 'contacts-corrected-warnings.csv')
})
