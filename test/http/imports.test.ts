import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTestServer } from '../helpers/server.ts'

const server = await startTestServer()
const PATH = '/common/imports/preview'

async function upload(content: string): Promise<string> {
  const { body } = await server.get('/common/upload-url?filename=people.csv')
  assert.equal((await fetch(body.upload_url, { method: 'PUT', body: content })).status, 200)
  return body.s3_key
}

test('An uploaded file is previewed before it is imported', async () => {
  const s3_key = await upload('First Name,Mail,Shoe Size\nAda,ada@preview.example,38\nBob,bob@preview.example,42\n')
  const mapping = { Mail: 'email' }
  const { status, body } = await server.post(PATH, { s3_key, mapping, service: null, rows: 1 })
  assert.equal(status, 200, JSON.stringify(body))
  const { columns, rows, is_whole, kind, bytes } = body.data
  assert.deepEqual(
    columns.map(({ column, key, reason }: Record<string, string>) => [column, key, reason]),
    [
      ['First Name', 'first_name', 'alias'],
      ['Mail', 'email', 'mapping'],
      ['Shoe Size', null, 'unknown'],
    ],
  )
  assert.deepEqual([rows.length, is_whole, kind, bytes], [1, false, 'contact', 80])
  assert.deepEqual(rows[0].contact.values, { first_name: 'Ada', email: 'ada@preview.example' })
  assert.equal(rows[0].contact.effect, 'created')
  assert.equal((await server.post('/contacts/count', {})).body.count, 0)
})

test('Invalid input gets the same errors as in a job', async () => {
  const s3_key = await upload('foo,bar\n1,2\n')
  const either = await upload('uuid,city\n,rome\n')
  for (const [sent, status, code] of [
    [{}, 400, 'ERR_INVALID_JOB_DATA'],
    [{ s3_key: 5 }, 400, 'ERR_INVALID_JOB_DATA'],
    [{ s3_key: 'uploads/absent.csv' }, 404, 'ERR_NOT_FOUND'],
    [{ s3_key: '../../etc/passwd' }, 404, 'ERR_NOT_FOUND'],
    [{ s3_key }, 400, 'ERR_INVALID_CSV'],
    [{ s3_key: either }, 400, 'ERR_INVALID_CSV'],
    [{ s3_key, mapping: { foo: 'emial' } }, 400, 'ERR_INVALID_JOB_DATA'],
    [{ s3_key, mapping: ['foo'] }, 400, 'ERR_INVALID_JOB_DATA'],
    [{ s3_key, service: 'people' }, 400, 'ERR_INVALID_JOB_DATA'],
    [{ s3_key, rows: 101 }, 400, 'ERR_INVALID_VALUE'],
    [{ s3_key, row: 5 }, 400, 'ERR_UNKNOWN_FIELD'],
  ] as const) {
    const answer = await server.post(PATH, sent)
    assert.equal(answer.status, status, JSON.stringify([sent, answer.body]))
    assert.match(answer.body.error, new RegExp(`^${code}: `))
  }
  assert.equal((await server.post(PATH, { s3_key }, { authorization: '' })).status, 401)
  assert.equal((await server.post(PATH, { s3_key: either, service: 'company' })).status, 200)
})

test('Too many concurrent previews get Retry-After', async () => {
  const s3_key = await upload(`First Name\n${'Ada\n'.repeat(200_000)}`)
  const answers = await Promise.all(Array.from({ length: 20 }, () => server.post(PATH, { s3_key, rows: 100 })))
  assert.deepEqual([...new Set(answers.map(({ status }) => status))].sort(), [200, 503])
  const refused = answers.find(({ status }) => status === 503)!
  assert.match(refused.body.error, /^ERR_UNAVAILABLE: 4 previews are running: try again in a second$/)
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  assert.equal((await server.post(PATH, { s3_key })).status, 200)
})
