import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decode, detectUnit } from '../../src/csv/encoding.ts'

async function decodeInPieces(bytes: Uint8Array, size = bytes.length): Promise<string> {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  let text = ''
  for await (const piece of decode(pieces())) text += piece
  return text
}

/** Characters below U+0100 and the euro sign, as Windows-1252 writes them. */
function windows1252(text: string): Buffer {
  return Buffer.from([...text].map(letter => (letter === '€' ? 0x80 : letter.charCodeAt(0))))
}

const TEXT = 'name;city\r\nJürgen Groß;Köln\r\n李明;北京\r\nÅse 🙂;Århus\n'

function utf16(text: string, order: 'le' | 'be', mark: boolean): Buffer {
  const bytes = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le')
  return order === 'le' ? bytes : bytes.swap16()
}

const encodings: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with a byte-order mark', Buffer.from(`\ufeff${TEXT}`)],
  ['UTF-16 LE with a byte-order mark', utf16(TEXT, 'le', true)],
  ['UTF-16 BE with a byte-order mark', utf16(TEXT, 'be', true)],
  ['UTF-16 LE without a byte-order mark', utf16(TEXT, 'le', false)],
  ['UTF-16 BE without a byte-order mark', utf16(TEXT, 'be', false)],
]
for (const [name, bytes] of encodings)
  test(`${name} is read as it was written, however it is cut`, async () => {
    for (const size of [bytes.length, 1, 3, 7]) assert.equal(await decodeInPieces(bytes, size), TEXT)
  })

test('Windows-1252 is read where a line is no UTF-8, line by line', async () => {
  const bytes = Buffer.concat([
    Buffer.from('Zoë,naïve\n'),
    windows1252('Zoë,10 €\r\n'),
    Buffer.from('李,plain\n'),
    windows1252('François'),
  ])
  for (const size of [bytes.length, 1, 5])
    assert.equal(await decodeInPieces(bytes, size), 'Zoë,naïve\nZoë,10 €\r\n李,plain\nFrançois')
})

test('lines that end with CR alone are lines too', async () => {
  const bytes = Buffer.concat([Buffer.from('é\r'), windows1252('é\r'), Buffer.from('é')])
  assert.equal(await decodeInPieces(bytes), 'é\ré\ré')
})

test('zero bytes that are no UTF-16 do not reach the text', async () => {
  const bytes = Buffer.from('email\0\nada@example.com\0\0\n')
  assert.equal(detectUnit(bytes), 'utf-8')
  assert.equal(await decodeInPieces(bytes), 'email\nada@example.com\n')
})

test('a line longer than all bounds comes in pieces that cut no character', async () => {
  const bytes = Buffer.from('é李🙂'.repeat(600_000))
  let longest = 0
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
  }
  let text = ''
  for await (const piece of decode(pieces())) {
    longest = Math.max(longest, piece.length)
    text += piece
  }
  assert.equal(text, 'é李🙂'.repeat(600_000))
  assert.ok(longest < 2 ** 21)
})

test('any bytes give some text, the same however they are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }).filter(bytes => bytes[0] !== 0x1f),
      fc.integer({ min: 1, max: 50 }),
      async (bytes, size) => {
        const text = await decodeInPieces(bytes)
        assert.ok(text.isWellFormed() && !text.includes('\0'))
        assert.equal(await decodeInPieces(bytes, size), text)
      },
    ),
  )
})
