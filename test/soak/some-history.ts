/** Draws a random history: the number of records, their shape, and what happens to them. */
import { createGenerator } from '../../bench/data/generate.ts'
import type { Random } from '../../bench/data/random.ts'
import type { Service } from '../../src/fields.ts'
import type { MergePolicy } from '../../src/search/embedded/update/merge-policy.ts'
import type { Change } from '../../src/search/engine.ts'
import { type DrawRecord, type Population, someColumns, someUuids } from './columns.ts'
import type { Step } from './history.ts'

/** Small rounds cover many histories; large ones reach cases that need many records. */
export type Size = 'small' | 'medium' | 'large'

/** Segment sizes around the boundaries of bitset words, blocks and number widths. */
const EDGES = [1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257]
const LARGE_EDGES = [2047, 2048, 2049, 4095, 4096, 4097, 8192, 16_384, 20_000]
const BATCHES = [1, 2, 3, 5, 8, 16, 17, 31, 32, 33, 64]

export function sizeOf(random: Random): Size {
  const place = random.next()
  return place < 0.88 ? 'small' : place < 0.985 ? 'medium' : 'large'
}

function populationOf(random: Random, size: Size): Population {
  const draw = {
    small: () => (random.chance(0.5) ? random.pick(EDGES) : 1 + random.int(90)),
    medium: () => (random.chance(0.3) ? random.pick(LARGE_EDGES.slice(0, 3)) : 260 + random.int(3200)),
    large: () => (random.chance(0.5) ? random.pick(LARGE_EDGES.slice(3)) : 3000 + random.int(12_000)),
  }[size]
  const contacts = draw()
  const companies = Math.max(
    1,
    random.chance(0.3) ? random.pick(EDGES) : Math.ceil(contacts * random.pick([0.1, 0.4, 1])),
  )
  return { contacts, companies: Math.min(companies, 5000), uuidOf: someUuids(random) }
}

function someRecords(random: Random, size: Size, population: Population): DrawRecord {
  const own = someColumns(random, population)
  if (size === 'small' || random.chance(0.4)) return own
  // Realistic data, with some fields from random columns.
  const generator = createGenerator({ contacts: population.contacts, companies: population.companies })
  const share = random.pick([0, 0.2, 0.5])
  const shaped = new Set(
    ['contact', 'company'].flatMap(service => FIELD_NUMBERS.map(n => (random.chance(share) ? `${service} ${n}` : ''))),
  )
  return (draw, service, number) => {
    const real = generator.record(service, draw.chance(0.9) ? number : draw.int(population.contacts))
    const record = own(draw, service, number)
    const mixed = Object.entries(record).map(([name, value], index) => {
      const isOwn = name === 'uuid' || name === 'company_id' || shaped.has(`${service} ${index}`)
      return [name, isOwn ? value : (real[name] ?? null)] as const
    })
    return { ...Object.fromEntries(mixed), uuid: record.uuid }
  }
}

const FIELD_NUMBERS = Array.from({ length: 40 }, (_, index) => index)

function somePolicy(random: Random): MergePolicy {
  return {
    factor: random.pick([2, 2, 3, 8]),
    floor: random.pick([1, 3, 40, 2000]),
    largest: random.pick([30, 1000, 1_000_000]),
    largestBytes: 2 ** 30,
    deadShare: random.pick([0.05, 0.3, 0.4]),
  }
}

/** A history of a single population. */
export function someHistory(random: Random, size: Size): readonly Step[] {
  const population = populationOf(random, size)
  const draw = someRecords(random, size, population)
  const countOf = (service: Service) => (service === 'company' ? population.companies : population.contacts)

  const change = (service: Service, number: number, deletions: number): Change => {
    const record = random.chance(deletions) ? null : draw(random, service, number)
    return { service, uuid: population.uuidOf(number), record }
  }
  /** Changes to all records of a service, or to the first ones. */
  function everyOne(service: Service, deletions: number, count = countOf(service)): readonly Change[] {
    return Array.from({ length: count }, (_, number) => change(service, number, deletions))
  }
  function batch(): readonly Change[] {
    const most = size === 'small' ? 33 : 200
    const count = random.chance(0.6) ? random.pick(BATCHES) : 1 + random.int(most)
    const deletions = random.pick([0, 0.1, 0.3, 0.8])
    const contacts = random.pick([0, 0.5, 0.8, 1])
    return Array.from({ length: count }, () => {
      const service = random.chance(contacts) ? 'contact' : 'company'
      return change(service, random.int(countOf(service)), deletions)
    })
  }
  function someStep(): Step {
    const place = random.int(21)
    if (place < 9) return { type: 'change', changes: batch() }
    if (place < 14)
      return { type: 'merge', policy: somePolicy(random), meanwhile: meanwhile(), loses: random.chance(0.1) }
    if (place < 15) return { type: 'merge all', policy: somePolicy(random) }
    if (place < 17) return { type: 'post' }
    if (place < 18) return { type: 'moment' }
    if (place < 19) return { type: 'bulk', ...portions() }
    if (place < 20) return { type: 'snapshot' }
    const service = random.pick(['company', 'contact'] as const)
    return { type: 'change', changes: everyOne(service, random.pick([1, 1, 0.9, 0.5])) }
  }
  function meanwhile(): readonly Step[] {
    if (random.chance(0.3)) return []
    if (random.chance(0.1)) return [{ type: 'change', changes: everyOne(random.pick(['company', 'contact']), 1) }]
    const changes = Array.from({ length: 1 + random.int(2) }, (): Step => ({ type: 'change', changes: batch() }))
    return random.chance(0.3) ? [...changes, { type: 'post' }] : changes
  }
  function portions() {
    const count = population.contacts
    return {
      portion: Math.max(
        1,
        random.pick(
          [count, Math.ceil(count / 2), Math.ceil(count / 7), 1 + random.int(40)].filter(
            portion => portion * 60 > count,
          ),
        ),
      ),
    }
  }

  const first: readonly Step[] = random.chance(size === 'small' ? 0.6 : 1)
    ? [
        { type: 'change', changes: [...everyOne('company', 0), ...everyOne('contact', 0)] },
        ...(random.chance(0.5) ? [{ type: 'bulk', ...portions() } as const] : []),
      ]
    : []
  const steps = size === 'small' ? random.int(9) + (first.length === 0 ? 1 : 0) : random.int(size === 'medium' ? 12 : 6)
  return [...first, ...Array.from({ length: steps }, someStep)]
}
