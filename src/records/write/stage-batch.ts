/**
 * Stages a batch while it is read. Records are turned into lines early, so that the objects are short-lived. When thousands
 * of them lived to the end of a batch, garbage collection and its memory dominated an import.
 */
import type { Service } from '../../fields.ts'
import type { RecordWrite } from '../record.ts'
import { fold, isChangedBy, withoutIdleEmailDomain } from './fold.ts'
import { createLines, type StagedLines } from './stage.ts'

/** Plain data that can be sent between threads. */
export interface StagedBatch {
  readonly companies: StagedRecords
  readonly contacts: StagedRecords
}

export interface StagedRecords {
  /** Each record once. */
  readonly lines: StagedLines
  /**
   * The records that several rows of the batch describe differently: a record as its first row describes it, then with each
   * further row that changes it. Used to count the rows that update a record.
   */
  readonly steps: StagedLines
}

export interface Stage {
  company(write: RecordWrite): void
  contact(write: RecordWrite): void
  /** Returns all records and empties the stage. */
  take(): StagedBatch
}

/**
 * Frees the memory of a batch that is stored. V8 counts the memory of buffers: a thread that drops one after another collects garbage
 * once per batch, with a pause of some milliseconds. The batch must not be used afterwards, nor freed twice.
 */
export function freeBatch({ companies, contacts }: StagedBatch): void {
  for (const { bytes } of [companies.lines, companies.steps, contacts.lines, contacts.steps]) bytes.buffer.transfer(0)
}

/** The most records held as objects. */
const HELD = 500

export function createStage(): Stage {
  const companies = stageRecords('company')
  const contacts = stageRecords('contact')
  return {
    company: companies.add,
    contact: contacts.add,
    take: () => ({ companies: companies.take(), contacts: contacts.take() }),
  }
}

function stageRecords(service: Service) {
  let lines = createLines(service)
  let steps = createLines(service)
  let stepped = new Set<string>()
  /** UUID → the line of the record. */
  let places = new Map<string, number>()
  /** The number of lines written. The lines after them are those of `held`, in order. */
  let written = 0
  let held: RecordWrite[] = []

  function write(): void {
    for (const record of held) lines.add(withoutIdleEmailDomain(record))
    written += held.length
    held = []
  }

  function hold(record: RecordWrite): void {
    places.set(record.uuid, written + held.length)
    held.push(record)
    if (held.length >= HELD) write()
  }

  function addSteps(earlier: RecordWrite, folded: RecordWrite): void {
    if (!stepped.has(folded.uuid)) steps.add(withoutIdleEmailDomain(earlier))
    stepped.add(folded.uuid)
    steps.add(withoutIdleEmailDomain(folded))
  }

  return {
    add(record: RecordWrite): void {
      const place = places.get(record.uuid)
      if (place === undefined) {
        hold(record)
        return
      }
      const earlier = place < written ? lines.takeBack(place) : held[place - written]!
      const folded = fold(service, earlier, record)
      if (isChangedBy(earlier, folded)) addSteps(earlier, folded)
      if (place < written) hold(folded)
      else held[place - written] = folded
    },
    take(): StagedRecords {
      write()
      const staged = { lines: lines.take(), steps: steps.take() }
      lines = createLines(service)
      steps = createLines(service)
      stepped = new Set()
      places = new Map()
      written = 0
      return staged
    },
  }
}
