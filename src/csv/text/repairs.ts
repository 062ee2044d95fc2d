/**
 * Repairs cells that another tool has damaged: HTML entities (`AT&amp;T`) and text that was decoded twice (`MÃ¼ller`). The
 * beginning of the file decides for each column.
 */
import { quote } from '../../text/shorten.ts'
import { UNDECODABLE } from './encodings.ts'
import { decodeEntities } from './entities.ts'
import { looksDecodedTwice, undoDecodedTwice } from './twice.ts'

/** What the first rows show. Plain JSON; columns by index. */
export interface ColumnSigns {
  /** The columns with `&` that begins no entity. Their `&amp;` may be meant. */
  readonly ampersands: readonly number[]
  /** The columns in which all text that is not ASCII was decoded twice. */
  readonly twice: readonly number[]
}

/** Whether the text read so far has anything that looks damaged. If not, cells need no check. */
export interface DamageSigns {
  entities: boolean
  twice: boolean
  /** Text that an earlier tool could not decode. */
  lost: boolean
  /** The end of the text: a sign may continue in the next part. */
  end: string
}

export function noDamage(): DamageSigns {
  return { entities: false, twice: false, lost: false, end: '' }
}

/** In characters. */
const LONGEST_SIGN = 12

/** `text` is the next part of the file. */
export function lookForDamage(signs: DamageSigns, text: string): void {
  const joint = signs.end + text.slice(0, LONGEST_SIGN)
  signs.entities ||= mayHaveEntity(joint) || mayHaveEntity(text)
  signs.twice ||= looksDecodedTwice(joint) || looksDecodedTwice(text)
  signs.lost ||= text.includes(UNDECODABLE)
  signs.end = text.slice(-LONGEST_SIGN)
}

const MAYBE_ENTITY = /&(?:#|[a-zA-Z])[a-zA-Z\d]{1,8};/y
const SPACE = 32

/** Most ampersands are between spaces. */
function mayHaveEntity(text: string): boolean {
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    if (text.charCodeAt(at + 1) === SPACE) continue
    MAYBE_ENTITY.lastIndex = at
    if (MAYBE_ENTITY.test(text)) return true
  }
  return false
}

const NOT_ASCII = /[^\0-\x7f]/

export function findColumnSigns(rows: readonly (readonly string[])[]): ColumnSigns {
  const ampersands = new Set<number>()
  const twice = new Set<number>()
  const otherwise = new Set<number>()
  for (const cells of rows)
    for (const [column, cell] of cells.entries()) {
      if (hasPlainAmpersand(cell)) ampersands.add(column)
      if (NOT_ASCII.test(cell)) (undoDecodedTwice(cell) === null ? otherwise : twice).add(column)
    }
  return { ampersands: [...ampersands], twice: [...twice].filter(column => !otherwise.has(column)) }
}

function hasPlainAmpersand(cell: string): boolean {
  return cell.includes('&') && (decodeEntities(cell)?.hasPlain ?? true)
}

export interface Repaired {
  readonly text: string
  /** For a warning, after the value. */
  readonly message: string
}

/** Returns a function that repairs a cell. It returns null if the cell is not damaged. */
export function cellRepairer(
  { ampersands, twice }: ColumnSigns,
  signs: DamageSigns,
): (cell: string, column: number) => Repaired | null {
  const [withAmpersands, decodedTwice] = [new Set(ampersands), new Set(twice)]
  return (cell, column) => {
    if (signs.lost && cell.includes(UNDECODABLE)) return { text: cell, message: LOST }
    const once = signs.twice && NOT_ASCII.test(cell) ? repairTwice(cell, decodedTwice.has(column)) : null
    if (!signs.entities) return once
    const text = once?.text ?? cell
    const entities = decodeEntities(text)
    if (entities === null) return once
    if (withAmpersands.has(column) && !entities.isCertain)
      return { text, message: 'may have HTML entities; it is stored as it is, because the column also has plain `&`' }
    return { text: entities.text, message: `has HTML entities; it is stored as ${quote(entities.text)}` }
  }
}

const LOST = `has characters that could not be decoded (${UNDECODABLE}); it is stored as it is`

function repairTwice(cell: string, isCertain: boolean): Repaired | null {
  const text = undoDecodedTwice(cell)
  if (text === null) return null
  if (!isCertain)
    return { text: cell, message: `may be ${quote(text)}, decoded with the wrong encoding; it is stored as it is` }
  return { text, message: `was decoded with the wrong encoding; it is stored as ${quote(text)}` }
}
