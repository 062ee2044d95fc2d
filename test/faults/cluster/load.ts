/** A steady load: clients that write, delete and search contacts, and one that imports and exports files. */
import { setTimeout as delay } from 'node:timers/promises'
import { createRandom, mixSeed, type Random } from '../../../bench/data/random.ts'
import { softDelete } from '../../../src/records/write/delete.ts'
import { assertAnswer, type LoadClient, openLoadClient, type Tolerance } from './client.ts'
import type { Cluster } from './cluster.ts'
import { runExport, runImport } from './jobs.ts'
import type { Ledger } from './ledger.ts'
import { COMPANIES, companyUuid, someUuid } from './records.ts'

const WRITERS = 2
/** Between two steps of a client, in milliseconds. The test is about faults, not about load. */
const PAUSE = 60
/** A client with this many contacts creates no more. */
const MOST_CONTACTS = 200
const COUNTRIES = ['france', 'spain', 'peru', 'japan']

export interface Load {
  readonly tolerance: Tolerance
  readonly client: LoadClient
  /** Ends the running steps and starts no more. */
  stop(): Promise<void>
  start(): void
  /** Rejects if a client has failed. */
  readonly failed: Promise<never>
}

export function openLoad(cluster: Cluster, ledger: Ledger, seed: number): Load {
  const tolerance: Tolerance = { mayFail: false, counts: { succeeded: 0, failed: 0 } }
  const client = openLoadClient(cluster.balancer, tolerance)
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => {})
  const steps = [
    ...Array.from({ length: WRITERS }, (_, number) =>
      openWriter(cluster, client, ledger, createRandom(mixSeed(seed, number)), number),
    ),
    openJobs(client, ledger, createRandom(mixSeed(seed, WRITERS))),
  ]
  let isOn = false
  let running: readonly Promise<void>[] = []
  const repeat = async (step: () => Promise<void>) => {
    while (isOn) {
      await step()
      await delay(PAUSE)
    }
  }
  return {
    tolerance,
    client,
    failed: failure.promise,
    start() {
      isOn = true
      running = steps.map(repeat)
      for (const one of running) one.catch(failure.reject)
    },
    async stop() {
      isOn = false
      await Promise.all(running)
    },
  }
}

/** A step writes, and searches for what it has written. Nobody else writes these contacts. */
function openWriter(
  { database }: Cluster,
  client: LoadClient,
  ledger: Ledger,
  random: Random,
  number: number,
): () => Promise<void> {
  const own: string[] = []
  let titles = 0

  /** Searches on another node, most of the time: the balancer takes turns. */
  async function countTitle(title: string, expected: number, seq: string): Promise<void> {
    const query = { where: { keyword_match: { must: { title } } } }
    const reply = await client.post('/contacts/count', query, { 'x-connectra-min-seq': seq })
    if (reply !== null) assertAnswer(reply.body.count, expected, `contacts with the title ${title}`)
  }

  async function upsertSome(): Promise<void> {
    const title = `title ${number} ${++titles}`
    const isNew = own.length < MOST_CONTACTS && (own.length === 0 || random.chance(0.5))
    const uuids = isNew ? Array.from({ length: 1 + random.int(5) }, () => someUuid(random)) : [random.pick(own)]
    const records = uuids.map(uuid => ({
      uuid,
      first_name: 'Ada',
      email: `ada@${uuid}.example`,
      title,
      company_id: companyUuid(random.int(COMPANIES)),
    }))
    const reply = await client.post('/contacts/batch-upsert', records)
    // Whether they were stored is unknown, and may change later. They are not used again.
    if (reply === null) return forget(uuids)
    if (isNew) own.push(...uuids)
    for (const uuid of uuids) ledger.titles.set(uuid, title)
    await countTitle(title, uuids.length, reply.seq!)
  }

  async function deleteOne(): Promise<void> {
    const uuid = random.pick(own)
    forget([uuid])
    const deleted = await client.attempt('a deletion', () => softDelete(database, 'contact', [uuid]))
    if (deleted === null) return
    ledger.titles.set(uuid, null)
    const query = { where: { keyword_match: { must: { uuid } } } }
    const reply = await client.post('/contacts/count', query, { 'x-connectra-min-seq': String(deleted.seq) })
    if (reply !== null) assertAnswer(reply.body.count, 0, `deleted contact ${uuid}`)
  }

  /** The contacts of the company follow. */
  async function moveCompany(): Promise<void> {
    // Each writer has its own companies.
    const uuid = companyUuid(random.int(COMPANIES / WRITERS) * WRITERS + number)
    const country = random.pick(COUNTRIES)
    ledger.countries.delete(uuid)
    const reply = await client.post('/companies/batch-upsert', [{ uuid, name: `Company ${uuid}`, country }])
    if (reply !== null) ledger.countries.set(uuid, country)
  }

  function forget(uuids: readonly string[]): void {
    for (const uuid of uuids) {
      ledger.titles.delete(uuid)
      if (own.includes(uuid)) own.splice(own.indexOf(uuid), 1)
    }
  }

  return async () => {
    const draw = random.next()
    if (draw < 0.15 && own.length > 0) await deleteOne()
    else if (draw < 0.25) await moveCompany()
    else await upsertSome()
  }
}

function openJobs(client: LoadClient, ledger: Ledger, random: Random): () => Promise<void> {
  return async () => {
    if (random.chance(0.5)) await runImport(client, ledger, 100 + random.int(200))
    else await runExport(client, ledger, 'small')
  }
}
