/** The types of a preview, taken from the description of the API. */
import type { components, paths } from '../../api/schema.d.ts'

export type Preview = paths['/common/imports/preview']['post']['responses'][200]['content']['application/json']['data']
export type PreviewColumn = Preview['columns'][number]
export type PreviewRow = Preview['rows'][number]
export type PreviewWarning = PreviewRow['warnings'][number]
export type PreviewRequest = components['schemas']['PreviewRequest']
export type MappingKey = components['schemas']['MappingKey']

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

export const KIND_WORDS = { company: 'Companies', contact: 'Contacts', both: 'Contacts and companies' } as const

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

/** What to do about a file that is refused. Null if nothing helps here: a PDF, for one, stays a PDF. */
export function adviceFor({ message }: { readonly message: string }): Advice | null {
  if (message.includes('`mapping`'))
    return { text: 'Choose below what the columns mean. One is enough to go on.', isAboutColumns: true }
  if (message.includes('`service`'))
    return { text: 'Choose above what the rows are: contacts or companies.', isAboutColumns: false }
  if (message.includes('`encoding`')) return { text: 'Choose the encoding above.', isAboutColumns: false }
  return null
}

export interface Advice {
  readonly text: string
  /** The columns are shown, although the server has not read them. */
  readonly isAboutColumns: boolean
}
