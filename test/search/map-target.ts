/** The simplest engine that can follow a feed: the records in a Map. */
import { openPool } from '../../src/database/pool.ts'
import type { Change, ChangeTarget, IndexedRecord, Position } from '../../src/search/engine.ts'
import { readRecords } from '../helpers/read-records.ts'

export interface MapTarget extends ChangeTarget {
  readonly records: Map<string, IndexedRecord>
  /** The sizes of the groups that were applied. */
  readonly groups: number[]
  rebuilds(): number
  /** Resolves when the position is reached. */
  reached(seq: number): Promise<void>
  /** Makes the next group fail. */
  failOnce(): void
}

/** `url` is the database that it reads when it is rebuilt. */
export function createMapTarget(url: string, start: Position | null = null): MapTarget {
  const records = new Map<string, IndexedRecord>()
  const groups: number[] = []
  const waiting = new Set<{ seq: number; resolve(): void }>()
  let position = start
  let rebuilds = 0
  let failing = false

  function take(changes: readonly Change[]): void {
    for (const { uuid, record } of changes)
      if (record === null) records.delete(uuid)
      else records.set(uuid, record)
  }
  function moveTo(place: Position): void {
    position = place
    for (const waiter of waiting)
      if (waiter.seq <= place.seq) {
        waiting.delete(waiter)
        waiter.resolve()
      }
  }
  return {
    records,
    groups,
    rebuilds: () => rebuilds,
    failOnce: () => {
      failing = true
    },
    reached: seq =>
      new Promise(resolve => {
        if ((position?.seq ?? -1) >= seq) resolve()
        else waiting.add({ seq, resolve })
      }),
    position: () => position,
    async rebuild(place, moment) {
      rebuilds++
      records.clear()
      const database = openPool(url, { max: 1 })
      const connection = await database.connect()
      await connection.query(
        `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '${moment.snapshotId}'`,
      )
      take(await readRecords(connection))
      connection.release(true)
      await database.end()
      moveTo(place)
    },
    async apply(place, changes) {
      if (failing) {
        failing = false
        throw new Error('the engine is out of order')
      }
      groups.push(changes.length)
      take(changes)
      moveTo(place)
    },
  }
}
