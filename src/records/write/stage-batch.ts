/**
 * Stages a batch while it is read. Records are turned into lines early, so that the objects are short-lived. When thousands
 * of them lived to the end of a batch, garbage collection and its memory dominated an import.
 */
import type { Service } from '../../fields.ts'
import type { RecordWrite } from '../record.ts'
import { fold, withoutIdleEmailDomain } from './fold.ts'
import { createLines, type StagedLines } from './stage.ts'

/** Plain data that can be sent between threads. Contains each record once. */
export interface StagedBatch {
  readonly companies: StagedLines
  readonly contacts: StagedLines
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
  let held = new Map<string, RecordWrite>()
  /** UUID → line, for records that have been written. */
  let written = new Map<string, number>()

  function write(): void {
    for (const record of held.values()) written.set(record.uuid, lines.add(withoutIdleEmailDomain(record)))
    held = new Map()
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
      held.set(record.uuid, earlier === undefined ? record : fold(service, earlier, record))
      if (held.size >= HELD) write()
    },
    take(): StagedLines {
      write()
      const staged = lines.take()
      lines = createLines(service)
      written = new Map()
      return staged
    },
  }
}
