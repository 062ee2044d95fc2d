/**
 * `npm run test:hostile -- [--seconds N] [--contacts N] [--only REGEX]`: runs each attack at full rate against a real server, while
 * another client sends counts. Exits with 1 if the p99 of the counts is above 50 ms or the server uses over 300 MB more than when idle.
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { withDatabase } from '../../bench/data/bench-database.ts'
import { createGenerator } from '../../bench/data/generate.ts'
import { loadRecords } from '../../bench/data/load-records.ts'
import { API_KEY, startServe } from '../../bench/shared/serve-process.ts'
import { formatText } from '../../bench/shared/table.ts'
import { ATTACKS } from './attacks.ts'
import { type Figures, measureAttack, residentMegabytes, startAttacker } from './measure.ts'

/** Limits: milliseconds of a count, and megabytes above the idle memory. */
const P99 = 50
const MEMORY = 300
/** A pause between attacks, so that one does not affect the figures of the next. Milliseconds. */
const REST = 3000

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    contacts: { type: 'string', default: '200000' },
    only: { type: 'string', default: '' },
  },
})
const contacts = Number(values.contacts)
const only = new RegExp(values.only)

await withDatabase(async ({ url: databaseUrl, database, directory }) => {
  await loadRecords(database, createGenerator({ contacts, companies: Math.ceil(contacts / 5) }))
  const serve = await startServe({ databaseUrl, dataDir: join(directory, 'data') })
  const target = { url: serve.url, key: API_KEY }
  const pid = serve.child.pid!
  await delay(REST)
  const attacker = startAttacker()
  const all: Figures[] = []
  for (const attack of ATTACKS.filter(({ name }) => only.test(name))) {
    await attack.prepare?.(target)
    await delay(REST)
    const idle = residentMegabytes(pid)
    console.log(`${attack.name} …`)
    all.push(await measureAttack(attacker, attack, { target, pid, idle, seconds: Number(values.seconds) }))
    await delay(REST)
  }
  const isHeld = ({ p99, memory }: Figures) => p99 <= P99 && memory <= MEMORY
  const rows = all.map(figures => [
    figures.attack,
    ...[figures.rounds, figures.counts, figures.p50, figures.p99, figures.max, figures.memory].map(number =>
      number.toFixed(number < 10 ? 1 : 0),
    ),
    isHeld(figures) ? '' : 'MISSED',
  ])
  console.log(formatText({ header: ['attack', 'rounds', 'counts', 'p50 ms', 'p99 ms', 'max ms', 'MB', ''], rows }))
  await serve.stop()
  if (!all.every(isHeld)) process.exitCode = 1
})
process.exit()
