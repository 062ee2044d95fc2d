/** The types of a preview, taken from the description of the API. */
import type { ErrorDetail } from '../../api/client.ts'
import type { components, paths } from '../../api/schema.d.ts'
import { TITLES } from '../../api/services.ts'

export type Preview = paths['/common/imports/preview']['post']['responses'][200]['content']['application/json']['data']
export type PreviewColumn = Preview['columns'][number]
export type PreviewRow = Preview['rows'][number]
export type PreviewWarning = PreviewRow['warnings'][number]
export type PreviewRequest = components['schemas']['PreviewRequest']

/** PREVIEW_ROWS.maximum of the server: as many rows as possible are counted. */
export const PREVIEW_ROWS = 100

const DELIMITERS: Readonly<Record<string, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'pipes (|)',
}

/** A delimiter as a word for people. */
export function delimiterName(delimiter: string): string {
  return DELIMITERS[delimiter] ?? delimiter
}

export const KIND_WORDS = { ...TITLES, both: 'Contacts and companies' } as const

/** Encodings to choose from when the detected one is wrong. The server knows more. */
export const ENCODINGS = [
  'utf-8',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'windows-1253',
  'windows-1254',
  'windows-1255',
  'windows-1256',
  'windows-1257',
  'windows-874',
  'iso-8859-2',
  'iso-8859-5',
  'iso-8859-7',
  'koi8-r',
  'macintosh',
  'cp437',
  'cp850',
  'cp852',
  'shift_jis',
  'euc-jp',
  'gbk',
  'big5',
  'euc-kr',
  'utf-16le',
  'utf-16be',
] as const

/** By the setting of the request that helps, as the server names it. */
const ADVICE: Readonly<Record<string, Advice>> = {
  mapping: { text: 'Choose below what the columns mean. One is enough to go on.', isAboutColumns: true },
  service: { text: 'Choose above what the rows are: contacts or companies.', isAboutColumns: false },
  encoding: { text: 'Choose the encoding above.', isAboutColumns: false },
}

/** What to do about a file that is refused. Null if nothing helps here: a PDF, for one, stays a PDF. */
export function adviceFor({ details }: { readonly details: readonly ErrorDetail[] }): Advice | null {
  const found = details.find(({ field }) => field != null && Object.hasOwn(ADVICE, field))
  return found?.field == null ? null : ADVICE[found.field]!
}

interface Advice {
  readonly text: string
  /** The columns are shown, although the server has not read them. */
  readonly isAboutColumns: boolean
}
