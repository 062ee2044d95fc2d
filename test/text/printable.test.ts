import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { createLog } from '../../src/log.ts'
import { printable, printableLines } from '../../src/text/printable.ts'
import { waitUntil } from '../helpers/wait-until.ts'

const HOSTILE = 'a\x1b[31mb\x9bc\u202Ed\u2028e\x7f'
const SHOWN = 'a\\u001b[31mb\\u009bc\\u202ed\\u2028e\\u007f'

test('control and bidirectional characters are shown escaped, and a line stays one line', () => {
  assert.equal(printable(HOSTILE), SHOWN)
  assert.equal(printable('two\nlines\tand\r'), 'two\\u000alines\\u0009and\\u000d')
  assert.equal(printableLines(`${HOSTILE}\n${HOSTILE}`), `${SHOWN}\n${SHOWN}`)
  const plain = 'Zéphyr & Co. 東京 👩‍💻 "x\\y" عربي'
  assert.equal(printable(plain), plain)
})

test('JSON stays the same JSON', () => {
  const value = { name: HOSTILE, lines: 'a\nb' }
  const shown = printable(JSON.stringify(value))
  assert.deepEqual(JSON.parse(shown), value)
  assert.doesNotMatch(shown, /[\x7f-\x9f\u202e\u2028]/)
})

test('the log on a terminal escapes what its messages quote, in its own colours', async () => {
  let written = ''
  const terminal = Object.assign(new PassThrough(), { isTTY: true }).setEncoding('utf8')
  terminal.on('data', text => {
    written += text
  })
  createLog('info', terminal as unknown as NodeJS.WriteStream).warn({ err: new Error(HOSTILE), key: HOSTILE }, HOSTILE)
  await waitUntil('the line is written', () => written.includes(SHOWN) && written.endsWith('\n'))
  assert.ok(!written.includes('\x1b[31mb'), written)
  assert.doesNotMatch(written, /[\x9b\u202e\u2028\x7f]/)
})
