/** `keys` and `console`: who may use the API and the console. Running servers pick up changes immediately. */
import { type Command, InvalidArgumentError } from 'commander'
import type { StoredKey } from '../access/key-rows.ts'
import { createKey, hasAdminKey, isKeyAmong, listKeys } from '../access/keys.ts'
import { revokeKey } from '../access/revoke-key.ts'
import { createSignInCode, signInUrl } from '../access/sessions.ts'
import type { Config } from '../config.ts'
import { hasConsole } from '../console/built-console.ts'
import { ConnectraError } from '../errors.ts'
import { type Context, type Run, withDatabase } from './context.ts'
import { findServer, listeningAt } from './doctor/compare-index.ts'
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
    .option('--admin', 'the key may also create, list and revoke keys')
    .addHelpText(
      'after',
      '\nExamples:\n  connectra keys create --name "web front end"\n  connectra keys create --name operator --admin\n  KEY=$(connectra keys create --name ci)',
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
    .description('Revokes a key, and ends the sessions of the console that were opened with it. This cannot be undone.')
    .argument('<id>', 'the ID that `connectra keys list` shows', parseId)
    .addHelpText('after', '\nExamples:\n  connectra keys revoke 2')
    .action(run(revoke))
}

export function addConsole(program: Command, run: Run): void {
  program
    .command('console')
    .summary('print an address that signs in to the console')
    .description(
      'Prints an address of the console that signs in with admin rights. It can be used once, within 15 minutes. The session lasts 12 hours.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  connectra console\n  PUBLIC_URL=https://connectra.example.com connectra console',
    )
    .action(run(openConsole))
}

function parseId(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It must be an ID from `connectra keys list`.')
  return Number(text)
}

interface CreateOptions {
  readonly name: string
  readonly admin?: boolean
}

async function create(context: Context, { name, admin = false }: CreateOptions): Promise<void> {
  const created = await withDatabase(context, 'keys create', ({ pool }) => createKey(pool, name, { admin }))
  context.say(`created ${admin ? 'admin key' : 'key'} ${created.id}, "${created.name}":`)
  context.print(created.key)
}

async function list(context: Context): Promise<void> {
  const keys = await withDatabase(context, 'keys list', ({ pool }) => listKeys(pool), { reads: true })
  const rows = keys.map(key => [
    String(key.id),
    shown(key),
    key.admin ? 'yes' : '',
    key.session ? 'yes' : '',
    day(key.createdAt),
    key.expiresAt ? day(key.expiresAt) : '',
    key.revokedAt ? day(key.revokedAt) : '',
    key.name,
  ])
  const header = ['ID', 'KEY', 'ADMIN', 'SESSION', 'CREATED', 'EXPIRES', 'REVOKED', 'NAME']
  for (const line of table([header, ...rows])) context.print(line)
}

async function revoke(context: Context, id: number): Promise<void> {
  const { apiKeys } = context.config
  const { revoked, isInSettings, hasAdmin } = await withDatabase(context, 'keys revoke', async ({ pool }) => ({
    revoked: await revokeKey(pool, id),
    isInSettings: await isKeyAmong(pool, id, apiKeys),
    hasAdmin: apiKeys.length > 0 || (await hasAdminKey(pool)),
  }))
  if (!revoked)
    throw new ConnectraError(
      'ERR_NOT_FOUND',
      `key ${id} does not exist or is already revoked: see \`connectra keys list\``,
    )
  context.print(`revoked key ${revoked.id}, "${revoked.name}"`)
  if (isInSettings) context.say('it is also in API_KEYS, so it stays valid: remove it there and restart the servers')
  if (!hasAdmin) context.say('no admin key is left: create one with `connectra keys create --admin`')
}

async function openConsole(context: Context): Promise<void> {
  const { config, print, say } = context
  const url = await addressOfServer(config)
  const code = await withDatabase(context, 'console', ({ pool }) => createSignInCode(pool))
  if (!(await hasConsole())) say('the console is not built here: run `npm run build:console`')
  print(signInUrl(url, code))
}

const ANSWER_WITHIN = 5_000

/** Whatever answers there gets a code with admin rights. So it is asked first. PUBLIC_URL may be out of reach from here. */
async function addressOfServer(config: Config): Promise<string> {
  const local = (await findServer(config)) ?? listeningAt(config)
  const url = config.publicUrl ?? local
  for (const address of new Set([url, local])) if (await isServer(address)) return url
  throw new ConnectraError(
    'ERR_UNAVAILABLE',
    `no server answers at ${url}: start it with \`connectra serve\` first. If it runs elsewhere, set HOST and PORT, or PUBLIC_URL, as there`,
  )
}

async function isServer(url: string): Promise<boolean> {
  try {
    const reply = await fetch(`${url}/health/live`, { redirect: 'error', signal: AbortSignal.timeout(ANSWER_WITHIN) })
    const body = (await reply.json()) as { readonly success?: unknown; readonly status?: unknown } | null
    return reply.status === 200 && body?.success === true && body.status === 'ok'
  } catch {
    return false
  }
}

function shown({ prefix, lastFour }: StoredKey): string {
  return `${prefix}…${lastFour}`
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}
