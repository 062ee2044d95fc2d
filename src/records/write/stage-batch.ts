/**
 * Stages a batch while it is read: its records become lines after a while, so that they die young. Thousands of them held to the end of
 * a batch made the collection of garbage the largest part of an import, and its memory too.
 */
import type { Service } from '../../fields.ts'
import type { RecordWrite } from '../record.ts'
import { fold, withoutIdleEmailDomain } from './fold.ts'
import { createLines, type StagedLines } from './stage.ts'

/** Plain data, which can be sent from one thread to another. Each record is in it once. */
export interface StagedBatch {
  readonly companies: StagedLines
  readonly contacts: StagedLines
}

export interface Stage {
  company(write: RecordWrite): void
  contact(write: RecordWrite): void
  /** All that it was given; it is empty afterwards. */
  take(): StagedBatch
}

/** Records that are held at most. */
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
  /** The line of each record that is not held. */
  let written = new Map<string, number>()

  function write(): void {
    for (const record of held.values()) written.set(record.uuid, lines.add(withoutIdleEmailDomain(record)))
    held = new Map()
  }

  /** What was said of the record before; from now on it is not among the lines. */
  function earlierOf(uuid: string): RecordWrite | undefined {
    const line = written.get(uuid)
    if (line === undefined) return held.get(uuid)
    written.delete(uuid)
    return lines.takeBack(line)
  }

  return {
    add(record: RecordWrite): void {
      const earlier = earlierOf(record.uuid)
      held.set(record.uuid, earlier === undefined ? record : fold(earlier, record))
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
