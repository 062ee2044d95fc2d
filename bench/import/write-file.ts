/** Writes the file that `bench import` imports, with 25 columns, and a variant with one changed field in every row. */
import { writeFile } from 'node:fs/promises'
import { CSV_HEADER, csvLine, type Generator as RecordGenerator } from '../data/generate.ts'

const TITLE = CSV_HEADER.indexOf('Title')

export const VARIANTS = ['as generated', 'another title in every row'] as const
export type Variant = (typeof VARIANTS)[number]

export async function writeImportFile(path: string, generator: RecordGenerator, variant: Variant): Promise<void> {
  await writeFile(path, lines(generator, variant))
}

/** A thousand lines at a time, because each piece becomes one write. */
function* lines(generator: RecordGenerator, variant: Variant): Generator<string> {
  let text = csvLine(CSV_HEADER)
  for (let index = 0; index < generator.sizes.contacts; index++) {
    const cells = generator.row(index)
    if (variant === 'another title in every row') cells[TITLE] = `Acting ${cells[TITLE]}`
    text += csvLine(cells)
    if (index % 1000 < 999) continue
    yield text
    text = ''
  }
  yield text
}
