/** `keys`: who may use the API. Running servers pick up changes immediately. */
import { type Command, InvalidArgumentError } from 'commander'
import { createKey, listKeys, revokeKey, type StoredKey } from '../access/keys.ts'
import { ConnectraError } from '../errors.ts'
import { type Context, type Run, withDatabase } from './context.ts'
import { table } from './format.ts'

export function addKeys(program: Command, run: Run): void {
  const keys = program
    .command('keys')
    .summary('create, list and revoke API keys')
    .description('Manages API keys. Running servers pick up changes immediately.')
    .addHelpText(
      'after',
      '\nExamples:\n  connectra keys create --name "web front end"\n  connectra keys list\n  connectra keys revoke 2',
    )
  keys
    .command('create')
    .summary('create a key')
    .description(
      'Creates a key and prints it to standard output, with nothing else. Only its hash is stored, so the key cannot be shown again.',
    )
    .option('--name <name>', 'what the key is for', 'unnamed')
    .addHelpText(
      'after',
      '\nExamples:\n  connectra keys create --name "web front end"\n  KEY=$(connectra keys create --name ci)',
    )
    .action(run(create))
  keys
    .command('list')
    .summary('list all keys')
    .description('Lists all keys, including revoked ones, oldest first.')
    .addHelpText('after', '\nExamples:\n  connectra keys list')
    .action(run(list))
  keys
    .command('revoke')
    .summary('revoke a key')
    .description('Revokes a key. This cannot be undone.')
    .argument('<id>', 'the ID that `connectra keys list` shows', parseId)
    .addHelpText('after', '\nExamples:\n  connectra keys revoke 2')
    .action(run(revoke))
}

function parseId(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It must be an ID from `connectra keys list`.')
  return Number(text)
}

async function create(context: Context, { name }: { name: string }): Promise<void> {
  const created = await withDatabase(context, 'keys create', ({ pool }) => createKey(pool, name))
  context.say(`created key ${created.id}, "${created.name}":`)
  context.print(created.key)
}

async function list(context: Context): Promise<void> {
  const keys = await withDatabase(context, 'keys list', ({ pool }) => listKeys(pool), { reads: true })
  const rows = keys.map(key => [
    String(key.id),
    shown(key),
    day(key.createdAt),
    key.revokedAt ? day(key.revokedAt) : '',
    key.name,
  ])
  for (const line of table([['ID', 'KEY', 'CREATED', 'REVOKED', 'NAME'], ...rows])) context.print(line)
}

async function revoke(context: Context, id: number): Promise<void> {
  const revoked = await withDatabase(context, 'keys revoke', ({ pool }) => revokeKey(pool, id))
  if (!revoked)
    throw new ConnectraError(
      'ERR_NOT_FOUND',
      `key ${id} does not exist or is already revoked: see \`connectra keys list\``,
    )
  context.print(`revoked key ${revoked.id}, "${revoked.name}"`)
}

function shown({ prefix, lastFour }: StoredKey): string {
  return `${prefix}…${lastFour}`
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}
