/** Reads the cells of one record at a given offset, with quotes interpreted or taken as ordinary characters. */

const LF = 10
const CR = 13
const SPACE = 32
const QUOTE = 34

export interface Reading {
  readonly cells: string[]
  /** The offset after its line break, even if the text ends without one. */
  readonly next: number
  /** A misplaced quote inside a quoted cell was taken as part of the value. */
  readonly relaxed: boolean
}

interface Cell {
  readonly value: string
  /** The offset of the delimiter or line break after it. */
  readonly after: number
  readonly relaxed: boolean
}

export type CellReader = ReturnType<typeof createCellReader>

/** Reads records at given offsets of `text`. `maxRecord`: the longest record, in characters. */
export function createCellReader(text: string, delimiter: string, newline: '\n' | '\r', maxRecord: number) {
  const nextLine = finder(text, newline)
  const nextDelimiter = finder(text, delimiter)
  const nextQuote = finder(text, '"')

  return { length: text.length, endOfLine: nextLine, hasQuote, plain, record }

  function hasQuote(at: number, lineStop: number): boolean {
    return nextQuote(at) < lineStop
  }

  /** Reads a line that has no quotes. */
  function plain(at: number, lineStop: number): Reading {
    return { cells: text.slice(at, contentEnd(at, lineStop)).split(delimiter), next: lineStop + 1, relaxed: false }
  }

  function contentEnd(at: number, lineStop: number): number {
    return newline === '\n' && lineStop > at && text.charCodeAt(lineStop - 1) === CR ? lineStop - 1 : lineStop
  }

  /**
   * With `quotes`, a quoted cell may span lines. Returns 'open' if such a cell is not closed in this text, and 'stray' if it
   * has a quote that does not close it and no later quote on that line does. Without `quotes`, a cell counts as quoted only
   * if it ends on its line and has no misplaced quote.
   */
  function record(at: number, quotes: boolean): Reading | 'open' | 'stray' {
    const cells: string[] = []
    let relaxed = false
    let position = at
    for (;;) {
      let start = position
      while (text.charCodeAt(start) === SPACE) start++
      if (text.charCodeAt(start) === QUOTE) {
        const cell = quotes ? quotedCell(start, at + maxRecord) : soundCell(start, at + maxRecord)
        if (typeof cell === 'object') {
          cells.push(cell.value)
          relaxed ||= cell.relaxed
          if (!text.startsWith(delimiter, cell.after)) return { cells, next: nextLine(cell.after) + 1, relaxed }
          position = cell.after + 1
          continue
        }
        if (quotes) return cell
      }
      const lineStop = nextLine(position)
      const stop = nextDelimiter(position)
      if (stop >= lineStop) {
        cells.push(text.slice(position, contentEnd(position, lineStop)))
        return { cells, next: lineStop + 1, relaxed }
      }
      cells.push(text.slice(position, stop))
      position = stop + 1
    }
  }

  /**
   * The quoted cell that begins at `open`. A line that does not end before `bound` counts as missing. Whether it has been
   * pushed depends on the chunks, and the result must not.
   */
  function quotedCell(open: number, bound: number): Cell | 'open' | 'stray' {
    let doubled = false
    let strayLineStop = Infinity
    for (let from = open + 1; ; ) {
      const close = text.indexOf('"', from)
      if (close < 0 || close >= bound || close > strayLineStop) return strayLineStop === Infinity ? 'open' : 'stray'
      if (text.charCodeAt(close + 1) === QUOTE) {
        doubled = true
        from = close + 2
        continue
      }
      const after = endOfCell(close + 1)
      if (after === null) {
        strayLineStop = Math.min(strayLineStop, nextLine(close))
        if (strayLineStop >= bound) return 'open'
        from = close + 1
        continue
      }
      const raw = text.slice(open + 1, close)
      return { value: doubled ? raw.replaceAll('""', '"') : raw, after, relaxed: strayLineStop !== Infinity }
    }
  }

  /** The quoted cell if it ends on its line and has no misplaced quote, otherwise 'stray'. */
  function soundCell(open: number, bound: number): Cell | 'stray' {
    const cell = quotedCell(open, bound)
    return typeof cell === 'object' && !cell.relaxed && cell.after <= nextLine(open) ? cell : 'stray'
  }

  /**
   * The offset of the delimiter, line break or end of text after a closing quote and spaces; null if anything else
   * follows.
   */
  function endOfCell(from: number): number | null {
    let position = from
    while (text.charCodeAt(position) === SPACE) position++
    if (position >= text.length || text.startsWith(delimiter, position) || text[position] === newline) return position
    const breaksLine = text.charCodeAt(position) === CR && text.charCodeAt(position + 1) === LF
    return breaksLine || (text.charCodeAt(position) === CR && position + 1 === text.length) ? position : null
  }
}

/** Finds the next `character` from an offset on, or the end of the text. Remembers the last result. */
function finder(text: string, character: string): (from: number) => number {
  let known = -1
  let asked = 0
  return from => {
    if (from >= asked && from <= known) return known
    const found = text.indexOf(character, from)
    asked = from
    known = found < 0 ? text.length : found
    return known
  }
}
