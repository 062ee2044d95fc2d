/** The README's tour with a client that openapi-typescript has generated. Arguments: URL, key, folder of the examples. */
import { readFileSync } from 'node:fs'
import createClient from 'openapi-fetch'
import type { components, paths } from '../generated/openapi-typescript.d.ts'

type Job = components['schemas']['Job']

const [, , baseUrl = '', key = '', examples = ''] = process.argv
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } })

function dataOf<T>({ data, error }: { data?: T; error?: components['schemas']['Error'] }): T {
  if (data === undefined) throw new Error(error?.error ?? 'no reply')
  return data
}

function equal(actual: unknown, expected: unknown): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (found !== wanted) throw new Error(`${found} instead of ${wanted}`)
}

async function finish({ uuid }: Job): Promise<Job> {
  for (;;) {
    const job = dataOf(await client.GET('/common/jobs/{uuid}', { params: { path: { uuid } } })).data
    if (job.status === 'completed') return job
    if (job.status === 'failed') throw new Error(job.job_response.messages)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

async function importFile(filename: string): Promise<Job> {
  const upload = dataOf(await client.GET('/common/upload-url', { params: { query: { filename } } }))
  const body = readFileSync(`${examples}/${filename}`)
  const put = await fetch(upload.upload_url, { method: 'PUT', body: new Uint8Array(body) })
  equal(put.status, 200)
  const { data } = dataOf(
    await client.POST('/common/jobs/create', {
      body: { job_type: 'insert_csv_file', job_data: { s3_key: upload.s3_key, mapping: { Notes: null } } },
    }),
  )
  return await finish(data)
}

const imported = await importFile('contacts-apollo.csv')
const { counts } = imported.job_response
equal(counts !== undefined && 'contacts' in counts && counts.contacts.created, 200)
await importFile('companies-sp500.csv')

const page = dataOf(
  await client.POST('/contacts', {
    body: {
      where: {
        text_matches: { must: [{ filter_key: 'title', text_value: 'tecnology oficer', fuzzy: true }] },
        range_query: { must: { company_employees_count: { gte: 100 } } },
      },
      order_by: [{ order_by: 'company_employees_count', order_direction: 'desc' }],
      select_columns: ['first_name', 'title'],
      company_config: { populate: true, select_columns: ['name', 'employees_count'] },
      limit: 2,
    },
  }),
).data
equal(
  page.map(({ title, company }) => [title, company?.name, company?.employees_count]),
  [
    ['Chief Technology Officer', 'Zéphyr Foods', 5700],
    ['Chief Technology Officer', 'Solaris & Co. GmbH', 5500],
  ],
)
const next = dataOf(
  await client.POST('/contacts', {
    body: {
      where: { text_matches: { must: [{ filter_key: 'title', text_value: 'tecnology oficer', fuzzy: true }] } },
      order_by: [{ order_by: 'company_employees_count', order_direction: 'desc' }],
      cursor: page[1]!.cursor!,
    },
  }),
).data
equal(next[0]!.uuid === page[1]!.cursor![1], false)

const where = { keyword_match: { must: { seniority: ['vp', 'director'] } } }
equal(dataOf(await client.POST('/contacts/count', { body: { where } })).count, 64)

const values = dataOf(
  await client.POST('/common/{service}/filters/data', {
    params: { path: { service: 'company' } },
    body: { filter_key: 'industries', search_text: 'soft', limit: 2 },
  }),
).data
equal(values[0], { value: 'Application Software', display_value: 'Application Software', count: 14 })
const filters = dataOf(await client.GET('/common/{service}/filters', { params: { path: { service: 'contact' } } })).data
equal(filters.find(filter => filter.key === 'country')?.filter_type, 'keyword')

const upserted = await client.POST('/contacts/batch-upsert', {
  body: [{ first_name: 'Grace', last_name: 'Hopper', email: 'grace@navy.example', company_id: null }],
})
const [uuid] = dataOf(upserted).contact_uuids
const seq = upserted.response.headers.get('x-connectra-seq')!
const found = await client.POST('/contacts', {
  params: { header: { 'x-connectra-min-seq': seq } },
  body: { where: { keyword_match: { must: { email: 'grace@navy.example' } } } },
})
equal(dataOf(found).data[0]?.uuid, uuid)
const one = dataOf(await client.GET('/contacts/{uuid}', { params: { path: { uuid: uuid! } } })).data
// A record that was read can be sent back.
dataOf(await client.POST('/contacts/batch-upsert', { body: [{ ...one, title: 'Rear admiral' }] }))

const rows = dataOf(
  await client.POST('/common/batch-upsert', {
    body: {
      data: [{ company: 'Acme', employees: 500, first_name: 'Ada', email: 'ada@acme.example', shoe_size: '38' }],
    },
  }),
)
equal(rows.ignored_columns, ['shoe_size'])

const exportJob = dataOf(
  await client.POST('/common/jobs/create', {
    body: {
      job_type: 'export_csv_file',
      job_data: { service: 'contact', vql: { where, select_columns: ['uuid', 'email', 'company_name'] } },
      retry_count: 1,
    },
  }),
).data
const { job_response } = await finish(exportJob)
equal(job_response.counts, { rows: { written: 64 } })
const { download_url } = dataOf(
  await client.GET('/common/download-url', { params: { query: { s3_key: job_response.s3_key! } } }),
)
equal((await (await fetch(download_url)).text()).split('\n').length, 66)
const direct = await client.POST('/contacts/export', {
  body: { where, select_columns: ['uuid', 'email'], limit: 3 },
  parseAs: 'text',
})
equal(dataOf(direct).split('\n').length, 5)

const refused = await client.POST('/contacts', { body: { page: 3, limit: 100, cursor: ['x'] } })
equal(refused.error?.error.split(':')[0], 'ERR_INVALID_PAGINATION')
const jobs = dataOf(await client.POST('/common/jobs', { body: { job_type: 'export_csv_file', status: ['completed'] } }))
equal(jobs.data.length, 1)
