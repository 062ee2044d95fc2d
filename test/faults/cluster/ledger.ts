/** What clients know about the data: writes and jobs whose success they were told. */

export interface ImportedFile {
  /** The title of all its contacts. */
  readonly title: string
  /** Rows that are stored. One more is rejected. */
  readonly rows: number
}

export interface Ledger {
  /** Contacts by UUID: the title, or null if the contact was deleted. Writes without an answer are not in here. */
  readonly titles: Map<string, string | null>
  /** Companies by UUID: the country. */
  readonly countries: Map<string, string>
  /** Uploaded files by their keys. */
  readonly imports: Map<string, ImportedFile>
  /** The jobs that were acknowledged. */
  readonly jobs: Set<string>
}

export function openLedger(): Ledger {
  return { titles: new Map(), countries: new Map(), imports: new Map(), jobs: new Set() }
}
