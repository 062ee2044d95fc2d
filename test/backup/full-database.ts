/** A database with some of everything that a backup is of. */
import { randomUUID } from 'node:crypto'
import { createKey } from '../../src/access/keys.ts'
import { revokeKey } from '../../src/access/revoke-key.ts'
import { TABLES } from '../../src/backup/tables.ts'
import { createView } from '../../src/console/views.ts'
import { type Database, transaction } from '../../src/database/pool.ts'
import { getSecret } from '../../src/database/secrets.ts'
import { FIELDS, type Service } from '../../src/fields.ts'
import { JOB_STATUSES } from '../../src/jobs/job/job.ts'
import type { RecordWrite } from '../../src/records/record.ts'
import { softDelete } from '../../src/records/write/delete.ts'
import { upsert } from '../../src/records/write/upsert.ts'
import { NAUGHTY_STRINGS } from '../helpers/naughty.ts'

/** What PostgreSQL cannot hold is not what cleaning lets through. */
const NAUGHTY = NAUGHTY_STRINGS.map(text => text.replaceAll('\0', '').toWellFormed()).filter(text => text !== '')
const HOSTILE = ['\\.', '\\N', 'a\tb', 'line\nfeed', 'return\r\n', '\\', '{"a",b}', '"', '💥'.repeat(3)]
const TEXTS = [...NAUGHTY, ...HOSTILE]

function writes(service: Service, companies: readonly string[]): RecordWrite[] {
  return TEXTS.map((text, place) => {
    const values = Object.fromEntries(
      FIELDS[service]
        .filter(field => field.settable && (field.name.length + place) % 3 !== 0)
        .map(field => {
          if (field.kind === 'integer') return [field.name, place === 0 ? 2 ** 53 - 1 : place]
          if (field.kind === 'list') return [field.name, [text, `${text},`, '{}']]
          if (field.kind === 'uuid') return [field.name, companies[place % companies.length]!]
          return [field.name, text]
        }),
    )
    return { uuid: randomUUID(), values }
  })
}

/** Records of every naughty string, deleted ones, jobs in every status with rejects and warnings, keys (one revoked), a secret, a view. Returns the key. */
export async function fillDatabase(pool: Database): Promise<{ key: string; revoked: string }> {
  const companies = writes('company', [randomUUID()])
  const contacts = writes(
    'contact',
    companies.map(({ uuid }) => uuid),
  )
  await upsert(pool, { companies, contacts })
  await softDelete(
    pool,
    'contact',
    contacts.slice(0, 20).map(({ uuid }) => uuid),
  )
  await softDelete(
    pool,
    'company',
    companies.slice(0, 5).map(({ uuid }) => uuid),
  )
  for (const status of JOB_STATUSES) {
    const claimed = ['in_queue', 'processing', 'retrying'].includes(status)
    const { rows } = await pool.query<{ uuid: string }>(
      `INSERT INTO jobs (job_type, status, data, size, turn, attempts, checkpoint, progress, job_response, claim, worker, claimed_at, lease_until)
       SELECT 'insert_csv_file', $1, '{"s3_key": "uploads/x.csv"}', 8, '2026-01-01', 2, '{"line": 7}', '{"rows_read": 7}', '{"messages": "a\\tb"}',
         CASE WHEN $2 THEN nextval('job_claims') END, CASE WHEN $2 THEN 7 END, CASE WHEN $2 THEN now() END, CASE WHEN $2 THEN now() END
       RETURNING uuid`,
      [status, claimed],
    )
    await pool.query(`INSERT INTO job_rejects VALUES ($1, 3, $2, 'ERR_INVALID_VALUE', 'so it is')`, [
      rows[0]!.uuid,
      HOSTILE,
    ])
    await pool.query(
      `INSERT INTO job_warnings SELECT $1, 4, place, 'Größe', 'employees_count', 'ERR_INVALID_VALUE', value, 'so it is'
       FROM unnest($2::text[]) WITH ORDINALITY AS hostile (value, place)`,
      [rows[0]!.uuid, HOSTILE],
    )
  }
  const { key } = await createKey(pool, 'front end')
  const { key: revoked, id } = await createKey(pool, 'lost')
  await revokeKey(pool, id)
  await getSecret(pool, 'signed-urls')
  const state = { columns: ['name'], query: { where: { search: HOSTILE.join(' ') } } }
  await createView(pool, { owner: '1', admin: true }, { name: '💥 "mine"', service: 'contact', state, shared: true })
  return { key, revoked }
}

/** Every row of what a backup is of, as text, in one order. */
export async function readTruth(pool: Database): Promise<Record<string, string[]>> {
  const truth: Record<string, string[]> = {}
  await transaction(pool, async connection => {
    await connection.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
    for (const { name } of TABLES) {
      const { rows } = await connection.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t ORDER BY 1`)
      truth[name] = rows.map(({ row }) => row)
    }
  })
  return truth
}
