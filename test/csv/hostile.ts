/** Files made to break the reader: name → bytes. Each is read, or refused with ERR_INVALID_CSV. */
import { gzipSync } from 'node:zlib'
import { rounds } from '../helpers/rounds.ts'
import { zipOf } from '../helpers/zip.ts'

const HEADER = 'First Name,Last Name,Email,Company,Notes\n'
const ROW = 'Ada,Lovelace,ada@hostile.example,Hostile Ltd,x\n'

/** Pseudorandom bytes, the same at every run. */
function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let at = 0, state = seed; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

/** Bytes that a small compressed file expands to: many times the longest row. */
const BOMB = rounds(4, 100) << 20
/** A file of at least 256 kB is imported in a thread. Files whose size does not matter are smaller in the short run. */
const KB = rounds(80, 1000)
/** Characters of a cell that is too long. */
const TOO_LONG = rounds(1_200_000, 3_000_000)
/** More than the longest row has: in many rows, or in few long ones. */
const [ROWS, NOTES] = [rounds(500, 30_000), rounds(1200, 1)]
const sound = Buffer.from(HEADER + ROW.repeat(50))
const columns = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`).join(',')

export const HOSTILE: Readonly<Record<string, Buffer>> = {
  noise: noise(KB * 200, 1),
  'noise below a header': Buffer.concat([Buffer.from(HEADER), noise(KB * 200, 2)]),
  'noise that begins like gzip': Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), noise(10_000, 3)]),
  'noise that begins like zip': Buffer.concat([Buffer.from('PK\x03\x04'), noise(10_000, 4)]),
  'gzip of noise': gzipSync(noise(KB * 100, 5)),
  'gzip cut in half': gzipSync(sound).subarray(0, 60),
  'zip cut in half': (await zipOf({ 'a.csv': sound })).subarray(0, 100),
  'zip of noise': await zipOf({ 'a.csv': noise(KB * 100, 6) }),
  'a bomb of zeros': await zipOf({ 'a.csv': Buffer.alloc(BOMB) }),
  'a bomb of one line': gzipSync(Buffer.concat([Buffer.from(HEADER), Buffer.alloc(BOMB, 'a')])),
  'a bomb of line breaks': gzipSync(
    Buffer.concat([Buffer.from(HEADER), Buffer.alloc(BOMB / 20, '\n'), Buffer.from(ROW)]),
  ),
  'quotes alone': Buffer.from('"'.repeat(KB * 300)),
  'quotes below a header': Buffer.from(HEADER + '"\n'.repeat(KB * 20) + ROW),
  'quotes that open everywhere': Buffer.from(`${HEADER}${'"a,"b""\n'.repeat(KB * 20)}${ROW}`),
  'a quote that is never closed': Buffer.from(`${HEADER}"Ada,${ROW.replace('x', 'x'.repeat(NOTES)).repeat(ROWS)}`),
  'one line': Buffer.from(`${'x,'.repeat(TOO_LONG / 1.5)}`),
  'a row that is too long': Buffer.from(`${HEADER}Ada,L,a@b.example,Acme,${'y'.repeat(TOO_LONG)}\n${ROW}`),
  'a quoted cell that is too long': Buffer.from(
    `${HEADER}Ada,L,a@b.example,Acme,"${`${'y'.repeat(200)}\n`.repeat(8000)}"\n${ROW}`,
  ),
  'NUL characters': Buffer.from(HEADER.replaceAll(',', ',\0') + ROW.replaceAll('a', 'a\0\0').repeat(100)),
  'zeros alone': Buffer.alloc(KB << 10),
  'lone surrogates': Buffer.from(`\ufeff${HEADER}Ada\ud83d,\udc00L,a\ud800@b.example,\udfffAcme,\ud83d\n`, 'utf16le'),
  'surrogates in UTF-8': Buffer.concat([Buffer.from(`${HEADER}Ada`), Buffer.from([0xed, 0xa0, 0x80, 0x2c]), sound]),
  'UTF-16 cut in half': Buffer.from(`\ufeff${HEADER}${ROW.repeat(3)}`, 'utf16le').subarray(0, -7),
  'UTF-16 that is UTF-8 below': Buffer.concat([Buffer.from(`\ufeff${HEADER}`, 'utf16le'), sound]),
  'mixed line breaks': Buffer.from(
    `${HEADER.trim()}\r\n${ROW.trim()}\n\r${ROW.trim()}\r\r\n${ROW.trim()}\r${ROW}\n\n\r\r`,
  ),
  'byte-order marks everywhere': Buffer.from(`\ufeff\ufeff${HEADER}${`\ufeff${ROW}`.repeat(20)}\ufeff`),
  'a deep preamble': Buffer.from(`${'a note of several words\n'.repeat(10_000)}${HEADER}${ROW}`),
  'a preamble of an open quote': Buffer.from(`"a note that begins\n${HEADER}${ROW.repeat(10)}`),
  'empty lines': Buffer.from(`${HEADER}${'\n'.repeat(KB * 300)}${ROW}`),
  'delimiters alone': Buffer.from(HEADER + ',,,,\n'.repeat(5000)),
  'as many columns as a spreadsheet has': Buffer.from(
    `Email,${columns(16_383)}\na@b.example,1\nb@b.example${',1'.repeat(16_383)}\n`,
  ),
  'more columns than a spreadsheet has': Buffer.from(`Email,${columns(16_384)}\na@b.example,1\n`),
  'a row of more cells than its header': Buffer.from(`${HEADER}${'x,'.repeat(KB * 200)}\n${ROW}`),
  'one header many times': Buffer.from(`${Array(10_000).fill('Email').join(',')}\na@b.example\n`),
  'a header that repeats its prefix': Buffer.from(`Email,${'LinkedIn '.repeat(KB * 100)}\na@b.example,x\n`),
  'headers that are names of objects': Buffer.from(
    '__proto__,constructor,toString,Email,hasOwnProperty\na,b,c,proto@b.example,d\n',
  ),
  'the header again and again': Buffer.from(HEADER.repeat(1000) + ROW),
  'a separator alone': Buffer.from('sep=;'),
  'a separator that nothing has': Buffer.from(`sep=|\r\n${HEADER}${ROW}`),
  'control characters': Buffer.from(`${HEADER}\x01\x02,\x1b[31mred\x1b[0m,a@b.example,\u202eemcA,\x07\n`),
  formulas: Buffer.from(`${HEADER}=1+1,@SUM(A1),+cmd|' /C calc'!A0,-2+3,"=HYPERLINK(""x"")"\n`),
}
