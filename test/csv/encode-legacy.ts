/** Encodes text as old tools do, with tables that are made by decoding every character of an encoding. */
import { decoderOf, isMultiByte } from '../../src/csv/text/encodings.ts'

const tables = new Map<string, ReadonlyMap<string, readonly number[]>>()

/** `encoding`: its usual name. Throws if it lacks a character. */
export function encodeLegacy(encoding: string, text: string): Buffer {
  const table = tables.get(encoding) ?? makeTable(encoding)
  tables.set(encoding, table)
  return Buffer.from(
    [...text].flatMap(character => {
      const bytes = table.get(character)
      if (bytes === undefined) throw new Error(`${encoding} has no ${character}`)
      return bytes
    }),
  )
}

function makeTable(encoding: string): Map<string, readonly number[]> {
  const decode = decoderOf(encoding)
  const table = new Map<string, readonly number[]>()
  const add = (...bytes: number[]) => {
    const character = decode(Uint8Array.from(bytes))
    if ([...character].length === 1 && character !== '\ufffd' && !table.has(character)) table.set(character, bytes)
  }
  for (let byte = 0; byte < 256; byte++) add(byte)
  if (isMultiByte(encoding))
    for (let lead = 0x81; lead < 0xff; lead++) for (let trail = 0x40; trail < 0xff; trail++) add(lead, trail)
  return table
}
