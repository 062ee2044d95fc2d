/** Tables of figures: as text for the terminal, and as Markdown, which is read back to draw charts. */

export interface Table {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The first column is aligned to the left, the others to the right. */
export function formatText({ header, rows }: Table): string {
  const all = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...all.map(row => row[column]!.length)))
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ')
  return [line(header), widths.map(width => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}

export function formatMarkdown({ header, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

/** The tables of a Markdown text, in order. Cells have no pipe. */
export function parseMarkdown(markdown: string): Table[] {
  const tables = markdown.match(/^\|.*\n\|(?: ---:? \|)+\n(?:\|.*(?:\n|$))*/gm) ?? []
  return tables.map(text => {
    const [header, , ...rows] = text.trimEnd().split('\n').map(parseLine)
    return { header: header!, rows }
  })
}

function parseLine(line: string): string[] {
  return line
    .slice(1, line.lastIndexOf('|'))
    .split('|')
    .map(cell => cell.trim())
}

/** The column named `name`. Throws if the table does not have it. */
export function columnOf({ header }: Table, name: string): number {
  const column = header.indexOf(name)
  if (column < 0) throw new Error(`the table has no column ${JSON.stringify(name)}, only ${JSON.stringify(header)}`)
  return column
}
