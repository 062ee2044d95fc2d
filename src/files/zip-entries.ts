/** Chooses the file of rows in a zip archive. */
import { type Entry, getFileNameLowLevel } from 'yauzl'
import { ConnectraError } from '../errors.ts'

export interface NamedEntry {
  readonly entry: Entry
  readonly name: string
}

/** What operating systems add to archives: folders, and the metadata files of macOS and Windows. */
const ADDED = /\/$|(^|\/)(__MACOSX\/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i
const ROWS = [/\.(csv|tsv|tab)$/i, /\.txt$/i]
/** Spreadsheet formats that are zip archives, by a file in them. */
const SPREADSHEETS = [
  [/^xl\//, 'an Excel workbook'],
  [/^content\.xml$/, 'an OpenDocument spreadsheet'],
  [/\.iwa$/, 'a Numbers spreadsheet'],
] as const
const DEFLATED = 8
const NAMES_SHOWN = 5

export function nameOf({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string {
  return getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false)
}

/** Throws ERR_INVALID_CSV if the choice is not clear or the file cannot be read. */
export function chooseFile(entries: readonly NamedEntry[]): Entry {
  const files = entries.filter(({ name }) => !ADDED.test(name))
  const spreadsheet = SPREADSHEETS.find(([mark]) => files.some(({ name }) => mark.test(name)))
  if (spreadsheet !== undefined)
    throw refused(`the file is ${spreadsheet[1]}, not a CSV file: save it as CSV (UTF-8) and upload that`)
  const [first, ...others] = ofRows(files)
  if (first === undefined)
    throw refused(`the zip archive contains no CSV file${shown(files)}: add one, or upload the CSV file itself`)
  if (others.length > 0)
    throw refused(
      `the zip archive contains ${others.length + 1} CSV files${shown([first, ...others])}: unpack it and import them one by one`,
    )
  const { entry, name } = first
  if (entry.isEncrypted())
    throw refused(
      `${JSON.stringify(name)} in the zip archive is password-protected: unpack it and upload the CSV file itself`,
    )
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== DEFLATED)
    throw refused(
      `${JSON.stringify(name)} in the zip archive uses an unsupported compression method: unpack it and upload the CSV file itself`,
    )
  return entry
}

/** If there are several files, those whose names look like CSV files; a single file is taken whatever its name is. */
function ofRows(files: readonly NamedEntry[]): readonly NamedEntry[] {
  if (files.length === 1) return files
  for (const names of ROWS) {
    const found = files.filter(({ name }) => names.test(name))
    if (found.length > 0) return found
  }
  return []
}

function shown(files: readonly NamedEntry[]): string {
  if (files.length === 0) return ''
  const names = files.slice(0, NAMES_SHOWN).map(({ name }) => JSON.stringify(name.slice(0, 100)))
  return ` (${names.join(', ')}${files.length > NAMES_SHOWN ? ', …' : ''})`
}

function refused(message: string): ConnectraError {
  return new ConnectraError('ERR_INVALID_CSV', message)
}
