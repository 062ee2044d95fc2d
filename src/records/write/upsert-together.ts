/**
 * Group commit. Commits of all processes wait for each other, because `seq` is in commit order (`announce()`), and a commit takes
 * milliseconds: thousands of small upserts a second are possible only if many share one. Small upserts that arrive while others
 * are being stored are stored together, in one transaction, once these are committed.
 */
import type { Database } from '../../database/pool.ts'
import { isUnavailable } from '../../database/unavailable.ts'
import { ConnectraError } from '../../errors.ts'
import { createGate } from '../../runtime/gate.ts'
import { type UpsertBatch, upsert } from './upsert.ts'

/** Stores a batch as a whole or not at all. Engines that have reached `seq` include it in their searches. */
export type Upsert = (batch: UpsertBatch) => Promise<{ readonly seq: number }>

/** A batch of more records or characters is stored alone: for it the commit hardly matters. */
const SMALL = 100
const SMALL_CHARACTERS = 500_000
/** Records and characters. A longer statement could exceed DATABASE_TIMEOUT, which would fail all of its batches. */
const LARGEST_GROUP = 1000
const LARGEST_GROUP_CHARACTERS = 2_000_000
/** Groups at the same time. */
const GROUPS = 4
/** If a group takes longer, it waits for a lock or a slow disk, and the next one starts beside it. Milliseconds. */
const SLOW = 50
/** How long a batch waits until its group starts. Milliseconds. */
const WAIT = 10_000

interface Waiting {
  readonly batch: UpsertBatch
  readonly uuids: readonly string[]
  readonly characters: number
  /** Rejects the batch if its group does not start in time. */
  readonly timer: NodeJS.Timeout
  resolve(stored: { readonly seq: number }): void
  reject(error: unknown): void
}

/**
 * Each batch has the effect it would have alone. Batches that share a record are never in one group, and are stored in the order
 * in which they arrived. If a group cannot be stored, its batches are stored one by one, so that one does not fail the others.
 */
export function openUpserts(database: Database): Upsert {
  /** In order of arrival. */
  let waiting: Waiting[] = []
  /** The records of the groups that are being stored. */
  const busy = new Set<string>()
  let groups = 0
  let slowGroups = 0
  const alone = createGate(GROUPS)

  function startGroups(): void {
    while (groups - slowGroups < 1 && groups < GROUPS) {
      const group = takeGroup()
      if (group.length === 0) return
      void runGroup(group)
    }
  }

  function takeGroup(): Waiting[] {
    const taken = new Set(busy)
    const group: Waiting[] = []
    const left: Waiting[] = []
    let records = 0
    let characters = 0
    for (const each of waiting) {
      const fits =
        records + each.uuids.length <= LARGEST_GROUP &&
        characters + each.characters <= LARGEST_GROUP_CHARACTERS &&
        each.uuids.every(uuid => !taken.has(uuid))
      if (fits) {
        clearTimeout(each.timer)
        group.push(each)
        records += each.uuids.length
        characters += each.characters
      } else left.push(each)
      // Also those that are left: a later batch with the same record must not overtake them.
      for (const uuid of each.uuids) taken.add(uuid)
    }
    waiting = left
    return group
  }

  async function runGroup(group: readonly Waiting[]): Promise<void> {
    let isSlow = false
    groups++
    for (const { uuids } of group) for (const uuid of uuids) busy.add(uuid)
    const timer = setTimeout(() => {
      isSlow = true
      slowGroups++
      startGroups()
    }, SLOW)
    try {
      await storeGroup(group)
    } finally {
      clearTimeout(timer)
      groups--
      if (isSlow) slowGroups--
      for (const { uuids } of group) for (const uuid of uuids) busy.delete(uuid)
      startGroups()
    }
  }

  async function storeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const companies = group.flatMap(({ batch }) => batch.companies)
      const contacts = group.flatMap(({ batch }) => batch.contacts)
      const { seq } = await upsert(database, { companies, contacts })
      for (const { resolve } of group) resolve({ seq })
    } catch (error) {
      if (group.length === 1 || isDown(error)) for (const { reject } of group) reject(error)
      else
        await Promise.all(
          group.map(({ batch, resolve, reject }) => alone(() => upsert(database, batch)).then(resolve, reject)),
        )
    }
  }

  return async batch => {
    const uuids = [...batch.companies, ...batch.contacts].map(({ uuid }) => uuid)
    const characters = uuids.length > SMALL ? 0 : charactersOf(batch)
    if (uuids.length > SMALL || characters > SMALL_CHARACTERS) return await upsert(database, batch)
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting = waiting.filter(other => other !== entry)
        reject(
          new ConnectraError('ERR_UNAVAILABLE', 'earlier writes are still waiting for the database: try again shortly'),
        )
      }, WAIT)
      const entry: Waiting = { batch, uuids, characters, timer, resolve, reject }
      waiting.push(entry)
      startGroups()
    })
  }
}

function charactersOf({ companies, contacts }: UpsertBatch): number {
  let count = 0
  for (const { values } of [...companies, ...contacts])
    for (const value of Object.values(values)) {
      if (typeof value === 'string') count += value.length
      else if (Array.isArray(value)) for (const item of value) count += item.length
    }
  return count
}

/** SQLSTATEs that may concern a single record: a lock, a statement that was cancelled. */
const OF_A_RECORD = new Set(['55P03', '57014', '40001', '40P01'])

/** Whether no batch can be stored for now. */
function isDown(error: unknown): boolean {
  return isUnavailable(error) && !OF_A_RECORD.has((error as { code?: string }).code ?? '')
}
