/** Compares the search index of a running server with the database. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { findOwner } from '../../database/data-directory.ts'
import type { OpenDatabase } from '../../database/open-database.ts'
import type { Database } from '../../database/pool.ts'
import type { Service } from '../../fields.ts'
import { TABLES } from '../../records/columns.ts'
import { type Found, warning } from './report.ts'

const ANSWER_WITHIN = 5_000
const TRIES = 5

type Counts = Readonly<Record<Service, number>>

/** Compares counts at one position of the feed. While records are constantly written there may be no such position. */
export async function compareIndex(config: Config, { pool }: Pick<OpenDatabase, 'pool'>): Promise<Found> {
  const local = await findServer(config)
  if (local === null) return 'not checked: no server is running on this data directory'
  // Of several nodes, none may be running here.
  const isElsewhere = config.databaseUrl !== null && config.publicUrl !== null
  const addresses = [...new Set([local, ...(isElsewhere ? [config.publicUrl!] : [])])]
  const found = await firstToAnswer(addresses)
  if (found === null) {
    const settings =
      config.databaseUrl === null ? '' : '. If one is running elsewhere, set HOST and PORT, or PUBLIC_URL, as there'
    return warning(`not checked: no server answers at ${addresses.join(' or ')}${settings}`)
  }
  const { base, health } = found
  if (health.status !== 200) throw new Error(`the server at ${base} is not ready: ${await health.text()}`)
  const key = config.apiKeys[0] ?? (await readFile(join(config.dataDir, 'api-key'), 'utf8').catch(() => '')).trim()
  for (let tries = 1; tries <= TRIES; tries++) {
    const seq = await lastSeq(pool)
    const inDatabase: Counts = {
      company: await countStored(pool, 'company'),
      contact: await countStored(pool, 'contact'),
    }
    const inIndex: Counts = {
      company: await countFound(base, key, 'companies', seq),
      contact: await countFound(base, key, 'contacts', seq),
    }
    if ((await lastSeq(pool)) !== seq) continue
    return describeComparison(inDatabase, inIndex)
  }
  return 'not compared: records are being written constantly'
}

async function firstToAnswer(addresses: readonly string[]): Promise<{ base: string; health: Response } | null> {
  for (const base of addresses) {
    const health = await fetch(`${base}/health`, { signal: AbortSignal.timeout(ANSWER_WITHIN) }).catch(() => null)
    if (health !== null) return { base, health }
  }
  return null
}

/**
 * The address of the running server. With the embedded PostgreSQL it is in `owner.json`, whatever the port; null if no
 * server owns the directory. Otherwise it is where a server with these settings listens.
 */
export async function findServer(config: Config): Promise<string | null> {
  return config.databaseUrl === null ? ((await findOwner(config.dataDir))?.url ?? null) : listeningAt(config)
}

/** Where a server with these settings listens, as seen from its machine. */
export function listeningAt({ host, port }: Config): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

async function lastSeq(pool: Database): Promise<number> {
  return (await pool.query<{ seq: number }>('SELECT max(seq) AS seq FROM changes')).rows[0]!.seq
}

async function countStored(pool: Database, service: Service): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `SELECT count(*) AS count FROM ${TABLES[service]} WHERE deleted_at IS NULL`,
  )
  return rows[0]!.count
}

/** Asks the server at `base` for its count, once its index has reached `seq`. */
async function countFound(base: string, key: string, path: 'companies' | 'contacts', seq: number): Promise<number> {
  const reply = await fetch(`${base}/${path}/count`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${key}`,
      'Content-Type': 'application/json',
      'X-Connectra-Min-Seq': String(seq),
    },
    body: '{}',
    signal: AbortSignal.timeout(2 * ANSWER_WITHIN),
  })
  const body = (await reply.json()) as { count?: number; error?: string }
  if (reply.status === 401)
    throw new Error(
      `the server at ${base} rejects the API key of this data directory: it may belong to another installation`,
    )
  if (body.count === undefined)
    throw new Error(`the server at ${base} could not count its records: ${body.error ?? reply.status}`)
  return body.count
}

function describeComparison(inDatabase: Counts, inIndex: Counts): string {
  const shown = ({ company, contact }: Counts) => `${company} companies and ${contact} contacts`
  if (inIndex.company === inDatabase.company && inIndex.contact === inDatabase.contact)
    return `matches the database: ${shown(inDatabase)}`
  throw new Error(`it has ${shown(inIndex)}, but the database has ${shown(inDatabase)}: run \`connectra reindex\``)
}
