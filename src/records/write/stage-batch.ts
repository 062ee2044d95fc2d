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
  let held = new Map<string, RecordWrite>()
  /** UUID → line, for records that have been written. */
  let written = new Map<string, number>()

  function write(): void {
    for (const record of held.values()) written.set(record.uuid, lines.add(withoutIdleEmailDomain(record)))
    held = new Map()
  }

  function addSteps(earlier: RecordWrite, folded: RecordWrite): void {
    if (!stepped.has(folded.uuid)) steps.add(withoutIdleEmailDomain(earlier))
    stepped.add(folded.uuid)
    steps.add(withoutIdleEmailDomain(folded))
  }

  /** Returns the earlier write of the record, and removes it from the lines. */
  function earlierOf(uuid: string): RecordWrite | undefined {
    const line = written.get(uuid)
    if (line === undefined) return held.get(uuid)
    written.delete(uuid)
    return lines.takeBack(line)
  }

  return {
    add(record: RecordWrite): void {
      const earlier = earlierOf(record.uuid)
      const folded = earlier === undefined ? record : fold(service, earlier, record)
      if (earlier !== undefined && isChangedBy(earlier, folded)) addSteps(earlier, folded)
      held.set(record.uuid, folded)
      if (held.size >= HELD) write()
    },
    take(): StagedRecords {
      write()
      const staged = { lines: lines.take(), steps: steps.take() }
      lines = createLines(service)
      steps = createLines(service)
      stepped = new Set()
      written = new Map()
      return staged
    },
  }
}
