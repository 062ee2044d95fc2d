import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { after, test } from 'node:test'
import { type BatchReader, openBatchReader } from '../../src/http/batch/batch-reader.ts'
import type { BatchKind } from '../../src/http/batch/read-batch.ts'
import { onDisconnect } from '../../src/http/connections/on-disconnect.ts'

const MAX_BATCH = 60

/** Two readers of which one reads every batch in a thread, the other none. */
const inThread = openBatchReader({ largeFrom: 0 })
const inline = openBatchReader({ largeFrom: Infinity })
after(() => inThread.close())

function client(): EventEmitter & { destroyed: boolean } {
  return Object.assign(new EventEmitter(), { destroyed: false })
}

/** What is read, or the error with all that the client sees of it. */
async function outcome(reader: BatchReader, body: Buffer, kind: BatchKind): Promise<unknown> {
  try {
    const { flaw, ...batch } = await reader.read(body, { kind, maxBatch: MAX_BATCH }, client())
    return flaw === null ? batch : { flaw: seen(flaw) }
  } catch (error) {
    return { thrown: seen(error as Error) }
  }
}

function seen(error: Error): object {
  const { name, message, code, details, status, retryAfter } = error as Error & Record<string, unknown>
  return { name, message, code, details, status, retryAfter }
}

const many = <T>(length: number, create: (place: number) => T) => Array.from({ length }, (_, place) => create(place))
const MARKS = '\u0301'.repeat(20_000)

const BODIES: Readonly<Record<string, unknown>> = {
  'an empty body': '',
  'white space': ' \n',
  null: null,
  'an empty list': [],
  'an empty object': {},
  'a number': 5,
  'a string': '"companies"',
  'an object without a list': { data: { name: 'x' } },
  'lists under two keys': { companies: [], data: [{ name: 'x' }] },
  'an unknown key': { records: [{ name: 'x' }] },
  'a comma too many': '[{},]',
  'an open list': '[{"name":"x"}',
  'a broken record': '[{"name": "x"}, {"name": }]',
  'a broken record after those of several portions': `[${'{"name":"x"},'.repeat(50)}{]`,
  'a byte order mark': '\uFEFF[{"name":"x"}]',
  'a byte order mark before a record': '[\uFEFF{}]',
  'not UTF-8': Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]),
  'a nested body': '['.repeat(20_000),
  'too many keys': [Object.fromEntries(many(MAX_BATCH * 200 + 1, place => [`key${place}`, 1]))],
  'too many lists': `[${'[],'.repeat(MAX_BATCH * 200 + 1)}[]]`,
  'too many records': many(MAX_BATCH + 1, place => ({ name: `n${place}` })),
  'too much beside the records': { data: [{ name: 'x' }], more: 'x'.repeat(70_000) },
  'records that are none': [null, 5, 'text', [], [{}], { name: 'x' }],
  'a record of too many values': [{ name: 'x' }, { name: 'y', keywords: Array(21_000).fill('a') }],
  'a record of too many bytes': [{ name: 'y', title: 'x'.repeat(2 << 20) }, { name: 'x' }],
  'a record of too many characters': [{ name: 'y', first_name: 'x'.repeat(1 << 20), title: 'y'.repeat(1 << 20) }],
  companies: { companies: many(50, place => ({ name: `Company ${place}`, keywords: many(100, item => `k${item}`) })) },
  'companies with flaws': [
    { name: 'x'.repeat(3000), employees_count: 'many' },
    { name: 'Acme', website: 'https://acme.example', uuid: 'no' },
    { name: '-' },
    { name: 'C++' },
    { name: 'C' },
    { name: null, city: null },
    JSON.parse('{"name": "Proto", "__proto__": {"name": "y"}}'),
  ],
  contacts: {
    contacts: many(40, place => ({
      first_name: `Ada ${place}`,
      last_name: 'Łoś',
      email: `ada${place}@x.example`,
      mobile_phone: '+44 20 7946 0958; +44 20 7946 0959',
      country: 'uk',
    })),
  },
  'names with marks': many(3, place => ({ first_name: `${place}a${MARKS}`, last_name: `x${'\u0301'.repeat(place)}` })),
  'names that differ in marks': { data: [{ first_name: 'विजया' }, { first_name: 'विजय' }] },
  'unknown fields': many(50, record =>
    Object.fromEntries(many(20, field => [`frist_nmae_${record}_${field}`, 'x'.repeat(100)])),
  ),
  rows: {
    data: many(50, place => ({
      first_name: 'Grace',
      last_name: `Hopper ${place}`,
      email: `grace${place}@navy.example`,
      company: `Navy ${place}`,
      company_country: 'US',
      [`odd ${place % 7}`]: place,
      length: 1,
    })),
  },
  'rows with flaws': {
    data: [
      { title: 'nobody at all' },
      { company: 'N/A', email: 'no' },
      { first_name: 'Dr.', last_name: 'Smith, MBA', email: 'a@x.example' },
      { first_name: '-', company: 'Initech', phone: '12' },
      { company: 'x'.repeat(3000) },
      7,
    ],
  },
}

function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? Buffer.from(body) : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

test('a batch that is read in a thread has the same result, whatever its body', async () => {
  let [started, parts, flaws, thrown] = [0, 0, 0, 0]
  const count = () => started++
  process.on('worker', count)
  for (const [what, body] of Object.entries(BODIES))
    for (const kind of ['company', 'contact', 'row'] as const) {
      const expected = (await outcome(inline, bytesOf(body), kind)) as Record<string, unknown>
      assert.deepEqual(await outcome(inThread, bytesOf(body), kind), expected, `${what} as ${kind}`)
      if ('thrown' in expected) thrown++
      else if ('writes' in expected) parts++
      else flaws++
    }
  process.off('worker', count)
  assert.equal(started, 1, 'one thread reads them all')
  assert.ok(parts > 20 && flaws > 20 && thrown > 20, `${parts} are read, ${flaws} refused, ${thrown} not read`)
})

test('large batches that are sent at the same time are read by two threads, each with its own result', async () => {
  const names = many(6, place => `Large ${place}`)
  const batches = await Promise.all(
    names.map(name => inThread.read(bytesOf(many(50, () => ({ name }))), { kind: 'company', maxBatch: 50 }, client())),
  )
  assert.deepEqual(
    batches.map(({ writes }) => [writes.length, writes.at(-1)!.values.name]),
    names.map(name => [50, name]),
  )
})

function program(code: string): URL {
  const text = `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { ${code} })`
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`)
}

const read = (reader: BatchReader, from = client()) =>
  reader.read(Buffer.from('[{}]'), { kind: 'company', maxBatch: 1 }, from)

test('a thread that takes too long is ended, and a batch that waits too long for one is refused', async () => {
  const reader = openBatchReader({ largeFrom: 0, deadline: 50, script: program('for (;;);') })
  const tooSlow = { code: 'ERR_UNAVAILABLE', status: 503, message: /took longer than 0.05 s/ }
  await Promise.all(many(4, () => assert.rejects(read(reader), tooSlow)))
})

test('a client that disconnects frees its place', async () => {
  const reader = openBatchReader({ largeFrom: 0, script: program('for (;;);') })
  const clients = many(4, client)
  const batches = clients.map(each => assert.rejects(read(reader, each), { code: 'ERR_CANCELLED' }))
  // One that waits for a thread, and one in a thread. Then the fourth gets that thread.
  for (const gone of [2, 0, 3, 1]) {
    clients[gone]!.emit('close')
    await batches[gone]
  }
  assert.ok(clients.every(each => each.listenerCount('close') === 0))
  const gone = client()
  gone.destroyed = true
  await assert.rejects(read(reader, gone), { code: 'ERR_CANCELLED' })
})

test('the requests that a client pipelines share a listener, which is removed with the last of them', () => {
  const pipelining = client()
  const told: number[] = []
  const undo = many(12, place => onDisconnect(pipelining, () => told.push(place)))
  assert.equal(pipelining.listenerCount('close'), 1)
  for (const each of undo.slice(2)) each()
  pipelining.emit('close')
  assert.deepEqual(told, [0, 1])
  for (const each of undo) each()
  const undoLast = onDisconnect(pipelining, () => {})
  assert.equal(pipelining.listenerCount('close'), 1)
  undoLast()
  assert.equal(pipelining.listenerCount('close'), 0)
})

test('a thread that ends or fails is an error, and the next batch gets another thread', async () => {
  const ending = openBatchReader({ largeFrom: 0, script: program('process.exit(0)') })
  for (let round = 0; round < 2; round++) await assert.rejects(read(ending), /ended before the end of the batch/)
  const failing = openBatchReader({ largeFrom: 0, script: program(`throw new Error('it breaks')`) })
  await assert.rejects(read(failing), /it breaks/)
})

test('closing ends the batches that are being read', async () => {
  const reader = openBatchReader({ largeFrom: 0, script: program('for (;;);') })
  const batches = many(3, () => read(reader))
  const rejected = Promise.all(batches.map(batch => assert.rejects(batch, { code: 'ERR_UNAVAILABLE' })))
  reader.close()
  await rejected
})

test('when large batches hold enough memory, further ones are refused at once, and taken once there is room', async () => {
  const reader = openBatchReader({ largeFrom: 0, mostHeld: 9, script: program('for (;;);') })
  const clients = many(2, client)
  const held = clients.map(each => assert.rejects(read(reader, each), { code: 'ERR_CANCELLED' }))
  await assert.rejects(read(reader), { code: 'ERR_UNAVAILABLE', message: /too many large batches/, retryAfter: 1 })
  clients[0]!.emit('close')
  await held[0]
  const next = client()
  const taken = assert.rejects(read(reader, next), { code: 'ERR_CANCELLED' })
  for (const each of [clients[1]!, next]) each.emit('close')
  await Promise.all([...held, taken])
})
