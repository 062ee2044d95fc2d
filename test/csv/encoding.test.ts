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

/** Encodes characters below U+0100 and the euro sign as Windows-1252. */
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
  test(`${name} is decoded correctly, however it is cut into chunks`, async () => {
    for (const size of [bytes.length, 1, 3, 7]) assert.equal(await decodeInPieces(bytes, size), TEXT)
  })

test('a line that is not valid UTF-8 is decoded as Windows-1252', async () => {
  const bytes = Buffer.concat([
    Buffer.from('Zoë,naïve\n'),
    windows1252('Zoë,10 €\r\n'),
    Buffer.from('李,plain\n'),
    windows1252('François'),
  ])
  for (const size of [bytes.length, 1, 5])
    assert.equal(await decodeInPieces(bytes, size), 'Zoë,naïve\nZoë,10 €\r\n李,plain\nFrançois')
})

test('lines may end with CR alone', async () => {
  const bytes = Buffer.concat([Buffer.from('é\r'), windows1252('é\r'), Buffer.from('é')])
  assert.equal(await decodeInPieces(bytes), 'é\ré\ré')
})

test('zero bytes outside UTF-16 are removed from the text', async () => {
  const bytes = Buffer.from('email\0\nada@example.com\0\0\n')
  assert.equal(detectUnit(bytes), 'utf-8')
  assert.equal(await decodeInPieces(bytes), 'email\nada@example.com\n')
})

test('a line that is too long is decoded in pieces that do not cut characters', async () => {
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

test('a long line in both encodings gives the same text however it is cut', async () => {
  const long = Buffer.concat([
    Buffer.from('é李🙂'.repeat(100_000)),
    windows1252('Zoë,'.repeat(200_000)),
    Buffer.from('李'.repeat(500_000)),
    Buffer.from('\nÅ\r'),
    windows1252('Ü\r\n'),
    Buffer.from('🙂'.repeat(400_000)),
  ])
  const whole = await decodeInPieces(long)
  for (const size of [50_000, 65_536, 999_983]) assert.ok((await decodeInPieces(long, size)) === whole, `${size}`)
})

test('the reported encoding covers everything that was read', async () => {
  const told = async (...parts: Buffer[]) => {
    const text = decode(
      (async function* () {
        yield* parts
      })(),
    )
    for await (const _ of text);
    return text.encoding()
  }
  assert.equal(await told(Buffer.from('name\nAda\n')), 'utf-8')
  assert.equal(await told(Buffer.from(TEXT)), 'utf-8')
  assert.equal(await told(Buffer.from(`\ufeff${TEXT}`)), 'utf-8 with BOM')
  assert.equal(await told(utf16(TEXT, 'le', true)), 'utf-16le')
  assert.equal(await told(utf16(TEXT, 'be', false)), 'utf-16be')
  assert.equal(await told(Buffer.from('name\n'), windows1252('Zoë\n')), 'windows-1252')
  assert.equal(await told(Buffer.from('Zoë\n'), windows1252('Zoë\n')), 'mixed')
  assert.equal(await told(Buffer.from('\ufeffname\n'), windows1252('Zoë\n')), 'mixed')
})

test('concatenated files lose all their byte-order marks', async () => {
  const one = Buffer.from('\ufeff"Name, first",City\nZoë,Paris\n')
  assert.equal(await decodeInPieces(Buffer.concat([one, one])), '"Name, first",City\nZoë,Paris\n'.repeat(2))
  const other = Buffer.concat([Buffer.from('\ufeff'), windows1252('Zoë\n')])
  assert.equal(await decodeInPieces(Buffer.concat([one, other])), '"Name, first",City\nZoë,Paris\nZoë\n')
})

test('UTF-16 that is cut off, or contains half a surrogate pair, is still decoded', async () => {
  const bytes = utf16(TEXT, 'le', true)
  assert.equal(await decodeInPieces(bytes.subarray(0, -1)), `${TEXT.slice(0, -1)}\ufffd`)
  assert.equal(await decodeInPieces(utf16('name,\ud83d,x\n', 'le', true)), 'name,\ufffd,x\n')
})

test('any bytes are decoded, to the same text however they are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc
          .array(fc.constantFrom('\n', '\r', '\r\n', 'é', 'a', '\xe8', '\xc3', '\ufeff', '\0'), { maxLength: 60 })
          .map(parts =>
            Buffer.concat(parts.map(part => Buffer.from(part, part > '\x7f' && part < 'é' ? 'latin1' : 'utf8'))),
          ),
      ),
      fc.integer({ min: 1, max: 50 }),
      async (bytes, size) => {
        fc.pre(bytes[0] !== 0x1f)
        const text = await decodeInPieces(bytes)
        assert.ok(text.isWellFormed() && !text.includes('\0'))
        assert.equal(await decodeInPieces(bytes, size), text)
      },
    ),
  )
})
