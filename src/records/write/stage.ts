/** Sends the records of a batch to the database: as one JSON parameter if they are few, otherwise by COPY. */
import { finished } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import type { Connection } from '../../database/pool.ts'
import type { Service } from '../../fields.ts'
import { decodeList, encodeList, TABLES } from '../columns.ts'
import type { RecordWrite, Value } from '../record.ts'
import { stagedDefinition, stagedNames } from './merge-sql.ts'
import { STAGED_COLUMNS } from './staged-columns.ts'

/** Writes the rows of a batch as JSON, for `jsonSource`. */
export function stagedJson(service: Service, writes: readonly RecordWrite[]): string {
  const columns = STAGED_COLUMNS[service]
  const rows = writes.map(write => {
    const row: { [column: string]: unknown } = { uuid: write.uuid }
    // A missing column is null. Setting it to undefined instead would take 5.8 ms instead of 4.1 per thousand contacts.
    let cleared = 0
    for (const { name, field, bit, read } of columns) {
      const value = read(write)
      if (value !== null && value !== undefined) row[name] = value
      else if (value === null && field !== null) cleared |= bit
    }
    cleared |= replacedBits(service, write)
    if (cleared !== 0) row.cleared = cleared
    return row
  })
  return JSON.stringify(rows)
}

/** The FROM item for the JSON passed as parameter $1. */
export function jsonSource(service: Service): string {
  return `json_to_recordset($1::json) AS staged (${stagedDefinition(service)})`
}

/** The FROM item for the rows sent by `copyStaged`. */
export function tableSource(service: Service): string {
  return `staged_${TABLES[service]} AS staged`
}

/** The FROM item for the rows sent by `copySteps`. They are numbered by `step`. */
export function stepsSource(service: Service): string {
  return `steps_${TABLES[service]} AS staged`
}

/** Records of one service in COPY's text format. */
export interface StagedLines {
  readonly records: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

const FIRST_BYTES = 1 << 16
/** The most bytes that a UTF-16 unit takes in UTF-8. */
const MAX_UNIT_BYTES = 3

export interface Lines {
  /** Adds a line. Lines are numbered from 0, also those that are removed later. */
  add(write: RecordWrite): void
  /** Removes a line and returns its record. */
  takeBack(line: number): RecordWrite
  /** Returns the remaining lines. May be called once. */
  take(): StagedLines
}

export function createLines(service: Service): Lines {
  let bytes = Buffer.from(new ArrayBuffer(FIRST_BYTES))
  const ends: number[] = []
  const takenBack = new Set<number>()
  const startOf = (line: number) => ends[line - 1] ?? 0

  return {
    add(write) {
      const text = copyLine(service, write)
      const start = startOf(ends.length)
      // Transferring frees the smaller buffer at once. Otherwise all of them would wait for the garbage collector.
      if (start + MAX_UNIT_BYTES * text.length > bytes.length)
        bytes = Buffer.from(bytes.buffer.transfer(2 * bytes.length + MAX_UNIT_BYTES * text.length))
      ends.push(start + bytes.write(text, start))
    },
    takeBack(line) {
      takenBack.add(line)
      return readCopyLine(service, bytes.toString('utf8', startOf(line), ends[line]! - 1))
    },
    take() {
      if (takenBack.size === 0)
        return { records: ends.length, bytes: new Uint8Array(bytes.buffer.transfer(startOf(ends.length))) }
      let end = 0
      for (let line = 0; line < ends.length; line++)
        if (!takenBack.has(line)) end += bytes.copy(bytes, end, startOf(line), ends[line])
      return { records: ends.length - takenBack.size, bytes: new Uint8Array(bytes.buffer.transfer(end)) }
    },
  }
}

export function stageLines(service: Service, writes: readonly RecordWrite[]): StagedLines {
  const lines = createLines(service)
  for (const write of writes) lines.add(write)
  return lines.take()
}

/** Sends the lines to a temporary table, which is created if needed and emptied at the end of the transaction. */
export async function copyStaged(connection: Connection, service: Service, lines: StagedLines): Promise<void> {
  await copyLines(connection, `staged_${TABLES[service]}`, stagedDefinition(service), lines)
}

/** Like `copyStaged`, for the steps of records (stage-batch.ts). */
export async function copySteps(connection: Connection, service: Service, lines: StagedLines): Promise<void> {
  const definition = `${stagedDefinition(service)}, step bigint GENERATED ALWAYS AS IDENTITY`
  await copyLines(connection, `steps_${TABLES[service]}`, definition, lines, `(${stagedNames(service).join(', ')})`)
}

async function copyLines(
  connection: Connection,
  table: string,
  definition: string,
  { bytes }: StagedLines,
  columns = '',
): Promise<void> {
  await connection.query(
    `CREATE TEMPORARY TABLE IF NOT EXISTS ${table} (${definition}) ON COMMIT DELETE ROWS; TRUNCATE ${table}`,
  )
  const stream = connection.query(copyFrom(`COPY ${table} ${columns} FROM STDIN (NULL '')`))
  stream.end(bytes)
  await finished(stream)
}

const SPECIAL = /[\\\n\r\t]/
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Writes a line in COPY's text format, where NULL is written as an empty text. No value is an empty text. */
function copyLine(service: Service, write: RecordWrite): string {
  const { values } = write
  let line = write.uuid
  let cleared = 0
  for (const { field, bit, read } of STAGED_COLUMNS[service]) {
    const value = field === null ? read(write) : values[field]
    line += '\t'
    if (value === undefined) continue
    if (value === null) cleared |= field === null ? 0 : bit
    else
      line +=
        typeof value === 'string' ? escaped(value) : typeof value === 'number' ? value : escaped(encodeList(value))
  }
  cleared |= replacedBits(service, write)
  return cleared === 0 ? `${line}\t\n` : `${line}\t${cleared}\n`
}

function replacedBits(service: Service, { replaces }: RecordWrite): number {
  if (replaces === undefined) return 0
  return STAGED_COLUMNS[service].reduce((bits, { field, bit }) => bits | (replaces.includes(field!) ? bit : 0), 0)
}

/** The inverse of `copyLine`, without the line break. */
function readCopyLine(service: Service, line: string): RecordWrite {
  const cells = line.split('\t')
  const cleared = Number(cells.at(-1))
  const values: { [field: string]: Value | null | undefined } = {}
  const replaces: string[] = []
  let emailDomain: string | undefined
  STAGED_COLUMNS[service].forEach(({ name, field, bit, type }, place) => {
    const cell = cells[place + 1]!.replace(/\\(.)/g, (_, character: string) => UNESCAPED[character] ?? character)
    if (name === 'email_domain' && cell !== '') emailDomain = cell
    if (field === null) return
    if (cell === '') values[field] = (cleared & bit) === 0 ? undefined : null
    else {
      values[field] = type === 'text[]' ? decodeList(cell) : type === 'bigint' ? Number(cell) : cell
      if ((cleared & bit) !== 0) replaces.push(field)
    }
  })
  return {
    uuid: cells[0]!,
    values,
    ...(replaces.length === 0 ? {} : { replaces }),
    ...(emailDomain === undefined ? {} : { emailDomain }),
  }
}

const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[\\\n\r\t]/g, character => ESCAPES[character]!) : text
}
