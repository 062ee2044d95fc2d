/**
 * Stages a batch while it is read: its records become lines after a while, so that they die young. Thousands of them held to the end of
 * a batch made the collection of garbage the largest part of an import, and its memory too.
 */
import type { Service } from '../fields.ts'
import { fold, withoutIdleEmailDomain } from './fold.ts'
import type { RecordWrite } from './record.ts'
import { createLines, type StagedLines } from './stage.ts'

/** Plain data, which can be sent from one thread to another. */
export interface StagedBatch {
  readonly companies: StagedRecords
  readonly contacts: StagedRecords
}

export interface StagedRecords {
  /** Each record once. */
  readonly lines: StagedLines
  /** Those of them that came again when they were lines already, each once: to be merged after all lines. */
  readonly again: StagedLines
}

export interface Stage {
  company(write: RecordWrite): void
  contact(write: RecordWrite): void
  /** All that it was given; it is empty afterwards. */
  take(): StagedBatch
}

/** Records that are held at most; what comes again by then is folded into one. */
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
  let written = new Set<string>()
  let again = new Map<string, RecordWrite>()

  function write(): void {
    for (const record of held.values()) {
      lines.add(withoutIdleEmailDomain(record))
      written.add(record.uuid)
    }
    held = new Map()
  }

  return {
    add(record: RecordWrite): void {
      const records = written.has(record.uuid) ? again : held
      const earlier = records.get(record.uuid)
      records.set(record.uuid, earlier === undefined ? record : fold(earlier, record))
      if (held.size >= HELD) write()
    },
    take(): StagedRecords {
      write()
      const later = createLines(service)
      for (const record of again.values()) later.add(withoutIdleEmailDomain(record))
      const staged = { lines: lines.take(), again: later.take() }
      lines = createLines(service)
      written = new Set()
      again = new Map()
      return staged
    },
  }
}
