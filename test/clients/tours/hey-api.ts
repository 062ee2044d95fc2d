/** Search, count, filters and upsert with a client that @hey-api/openapi-ts has generated. Arguments: URL, key. */
import { client } from '../generated/hey-api/client.gen.ts'
import { countContacts, listFilterValues, searchCompanies, upsertCompanies } from '../generated/hey-api/index.ts'

const [, , baseUrl = '', key = ''] = process.argv
client.setConfig({ baseUrl, auth: () => key, throwOnError: true })
const throwOnError = true

function equal(actual: unknown, expected: unknown): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (found !== wanted) throw new Error(`${found} instead of ${wanted}`)
}

const count = await countContacts({
  body: { where: { keyword_match: { must: { seniority: ['vp', 'director'] } } } },
  throwOnError,
})
equal(count.data.count, 64)
const values = await listFilterValues({
  path: { service: 'company' },
  body: { filter_key: 'industries', search_text: 'soft', limit: 1 },
  throwOnError,
})
equal(values.data.data[0]?.value, 'Application Software')
const upserted = await upsertCompanies({ body: [{ name: 'Hey', employees_count: '1,200' }], throwOnError })
const search = await searchCompanies({
  headers: { 'x-connectra-min-seq': upserted.response.headers.get('x-connectra-seq')! },
  body: { where: { keyword_match: { must: { name: 'hey' } } }, select_columns: ['employees_count'] },
  throwOnError,
})
equal(search.data.data[0]?.employees_count, 1200)
