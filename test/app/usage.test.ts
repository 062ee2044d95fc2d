import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from 'commander'
import { createProgram } from '../../src/commands/program.ts'

/** The command line, with what it writes instead of what it does. */
async function parse(args: readonly string[]): Promise<{ ran: boolean; code: string; written: string }> {
  let written = ''
  let ran = false
  const program = await createProgram(() => async () => {
    ran = true
  })
  const write = (text: string) => {
    written += text
  }
  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)]
  for (const command of all(program)) command.configureOutput({ writeOut: write, writeErr: write })
  const code = await program.parseAsync(args, { from: 'user' }).then(
    () => '',
    error => (error as { code: string }).code,
  )
  return { ran, code, written }
}

const UUID = '00000000-0000-4000-8000-000000000000'

test('every command explains itself with examples', async () => {
  for (const command of (await createProgram(() => async () => {})).commands) {
    const { written } = await parse([command.name(), '--help'])
    assert.match(written, /Examples:\n {2}\S/, command.name())
  }
})

test('what is right is run', async () => {
  const right = [
    ['serve'],
    ['work'],
    ['migrate'],
    ['import', 'one.csv', 'two.csv'],
    ['import', '--service', 'company', '--mapping', '{}', '-'],
    ['export', '--service', 'contact', '--vql', '{}', '--out', '-'],
    ['import', '--detach', 'one.csv'],
    ['jobs', 'list', '--status', 'failed', 'completed', '--limit', '3', '--json'],
    ['jobs', 'show', UUID],
    ['jobs', 'cancel', UUID],
    ['jobs', 'retry', '--json', UUID],
    ['keys', 'create', '--name', 'x', '--admin'],
    ['keys', 'list'],
    ['keys', 'revoke', '1'],
    ['console'],
    ['delete', '--service', 'company', '--uuid', UUID, UUID],
    ['backup', 'connectra.backup'],
    ['backup', '--force', '-'],
    ['restore', '-'],
    ['restore', '--check', 'connectra.backup'],
    ['reindex'],
    ['accept-files'],
    ['doctor'],
  ]
  for (const args of right) assert.deepEqual(await parse(args), { ran: true, code: '', written: '' }, args.join(' '))
})

test('wrong usage says what is wrong and runs nothing', async () => {
  const wrong = [
    [],
    ['frobnicate'],
    ['serve', '--port', '80'],
    ['delete', '--service', 'contact'],
    ['delete', '--service', 'people', '--uuid', UUID],
    ['delete', '--service', 'contact', '--uuid', 'x'],
    ['keys'],
    ['keys', 'revoke', 'first'],
    ['import'],
    ['jobs'],
    ['jobs', 'list', '--status', 'done'],
    ['jobs', 'list', '--limit', '0'],
    ['jobs', 'show', 'first'],
    ['backup'],
    ['restore', 'one', 'two'],
    ['export', '--service', 'contact', '--out', '-'],
  ]
  for (const args of wrong) {
    const { ran, code, written } = await parse(args)
    assert.equal(ran, false, args.join(' '))
    assert.match(code, /^commander\./)
    assert.notEqual(written, '')
  }
})
