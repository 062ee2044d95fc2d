/** The settings: one table from which the configuration, its checks and docs/configuration.md are derived. */
import { resolve } from 'node:path'
import { ConnectraError, type Problem } from './errors.ts'

interface Setting<T> {
  readonly env: string
  /** As written in the environment; null if unset. */
  readonly default: string | null
  readonly doc: string
  /** Never logged or shown. */
  readonly secret?: true
  /** Throws an Error whose message continues "NAME …". */
  readonly parse: (text: string) => T
}

function setting<T>(
  env: string,
  parse: (text: string) => T,
  fallback: string,
  doc: string,
  extra?: { secret: true },
): Setting<T> {
  return { env, parse, default: fallback, doc, ...extra }
}

function optional<T>(
  env: string,
  parse: (text: string) => T,
  doc: string,
  extra?: { secret: true },
): Setting<T | null> {
  return { env, parse, default: null, doc, ...extra }
}

export const SETTINGS = {
  host: setting('HOST', text, '127.0.0.1', 'The address to listen on. `0.0.0.0` opens it to the network.'),
  port: setting('PORT', integer(0, 65_535), '8000', 'The port to listen on; 0 takes a free one.'),
  publicUrl: optional(
    'PUBLIC_URL',
    httpUrl,
    'The address at which clients reach this server, with its path if there is one: signed URLs begin with it. By default the address it listens on.',
  ),
  dataDir: setting(
    'DATA_DIR',
    path,
    './data',
    'Where everything is kept: the embedded PostgreSQL, uploaded and exported files, the snapshot of the search index, the first API key.',
  ),
  databaseUrl: optional(
    'DATABASE_URL',
    postgresUrl,
    'A PostgreSQL of your own (version 15 or newer, a direct or session-mode connection): `postgresql://user:password@host:5432/database`. By default Connectra runs its own, below `DATA_DIR`.',
    { secret: true },
  ),
  databaseConnections: setting(
    'DATABASE_CONNECTIONS',
    integer(4, 1000),
    '10',
    'Connections to PostgreSQL that a process opens at most for requests.',
  ),
  apiKeys: setting(
    'API_KEYS',
    keys,
    '',
    'Keys that are accepted besides those of `connectra keys`, comma-separated, of at least 16 characters each. Set, no first key is made.',
    { secret: true },
  ),
  corsOrigins: setting(
    'CORS_ORIGINS',
    origins,
    '*',
    'Origins whose pages may call the API, comma-separated; `*` is any (keys travel in a header, never in a cookie), `none` is none.',
  ),
  trustProxy: setting(
    'TRUST_PROXY',
    flag,
    'false',
    'Behind a reverse proxy: take the address of a client from `X-Forwarded-For`.',
  ),
  rateLimit: setting('RATE_LIMIT', integer(0, 1_000_000), '0', 'Requests a minute that a key may make; 0 is no limit.'),
  maxBatch: setting('MAX_BATCH', integer(1, 100_000), '1000', 'Records of one upsert request.'),
  maxBody: setting('MAX_BODY', bytes, '32MB', 'Size of a JSON request.'),
  exportMaxRows: setting(
    'EXPORT_MAX_ROWS',
    integer(1, 1_000_000),
    '50000',
    'Rows of a direct download (`POST /contacts/export`); jobs export any number.',
  ),
  maxUpload: setting('MAX_UPLOAD', bytes, '10GB', 'Size of an uploaded file.'),
  urlExpiry: setting('URL_EXPIRY', duration, '24h', 'How long the signed URLs of files are valid: `30m`, `24h`, `7d`.'),
  workerConcurrency: setting(
    'WORKER_CONCURRENCY',
    integer(0, 64),
    '2',
    'Jobs that a process runs at a time; 0 leaves them to `connectra work`. Of two or more one is never a large one (a file of 16 MB or more), so that small ones need not wait for it.',
  ),
  workerImports: optional(
    'WORKER_IMPORTS',
    integer(0, 64),
    'Imports among them at most; 0 leaves them to other processes. By default as many as `WORKER_CONCURRENCY`.',
  ),
  workerExports: optional(
    'WORKER_EXPORTS',
    integer(0, 64),
    'Exports among them at most; 0 leaves them to other processes. By default as many as `WORKER_CONCURRENCY`.',
  ),
  feedRetention: setting(
    'FEED_RETENTION',
    atLeast(3600, duration),
    '7d',
    'How long the feed of changes goes back, `1h` at least: an index that was out of touch for longer is built anew. Rejected rows and warnings of failed or cancelled imports are kept as long.',
  ),
  logLevel: setting(
    'LOG_LEVEL',
    choice('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    'info',
    'How much is logged: `debug` also shows stack traces.',
  ),
} as const

/** Sizes are in bytes, durations in seconds, `dataDir` is absolute. */
export type Config = {
  readonly [Key in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[Key]['parse']>
}

/**
 * Reads the settings from the environment; an empty value counts as unset. Throws one ConnectraError that lists
 * every problem, in `details` and one per line in its message.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: Problem[] = []
  const config: Record<string, unknown> = {}
  for (const [key, { env, default: fallback, parse }] of Object.entries<Setting<unknown>>(SETTINGS)) {
    const value = environment[env]?.trim() || fallback
    try {
      config[key] = value === null ? null : Object.freeze(parse(value))
    } catch (error) {
      problems.push({ field: env, code: 'ERR_INVALID_VALUE', message: `${env} ${(error as Error).message}` })
    }
  }
  if (problems.length > 0) {
    const lines = problems.map(problem => `  ${problem.message}`).join('\n')
    throw new ConnectraError('ERR_INVALID_VALUE', `invalid settings:\n${lines}`, { details: problems })
  }
  return Object.freeze(config) as Config
}

/** docs/configuration.md. */
export function describeSettings(): string {
  const rows = Object.values<Setting<unknown>>(SETTINGS).map(({ env, default: fallback, doc }) => {
    const shown = fallback === null || fallback === '' ? '' : `\`${fallback}\``
    return `| \`${env}\` | ${shown} | ${doc} |`
  })
  return `# Configuration

Connectra is configured by environment variables, or by a file \`.env\` in the directory it is started in (the
environment wins). All of them are optional; an empty value counts as unset. What cannot be used is reported at the
start, all of it at once, with exit code 2. Sizes are written as \`512KB\`, \`32MB\`, \`10GB\` (of 1024).

| name | default | meaning |
| --- | --- | --- |
${rows.join('\n')}
`
}

function text(value: string): string {
  return value
}

function path(value: string): string {
  return resolve(value)
}

function integer(min: number, max: number): (value: string) => number {
  return value => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    if (!(number >= min && number <= max))
      throw new Error(`must be a whole number from ${min} to ${max}, not "${value}"`)
    return number
  }
}

function flag(value: string): boolean {
  const known: Record<string, boolean> = { true: true, 1: true, yes: true, false: false, 0: false, no: false }
  const found = known[value.toLowerCase()]
  if (found === undefined) throw new Error(`must be true or false, not "${value}"`)
  return found
}

function choice<const T extends string>(...allowed: readonly T[]): (value: string) => T {
  return value => {
    const found = allowed.find(name => name === value.toLowerCase())
    if (!found) throw new Error(`must be one of ${allowed.join(', ')}, not "${value}"`)
    return found
  }
}

function bytes(value: string): number {
  const match = /^(\d{1,12})\s*(B|KB|MB|GB|TB)?$/i.exec(value)
  const unit = ['B', 'KB', 'MB', 'GB', 'TB'].indexOf(match?.[2]?.toUpperCase() ?? 'B')
  const size = Number(match?.[1]) * 1024 ** unit
  if (!(size >= 1 && size <= Number.MAX_SAFE_INTEGER)) throw new Error(`must be a size such as 32MB, not "${value}"`)
  return size
}

const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 }

function duration(value: string): number {
  const parts = [...value.matchAll(/(\d{1,9})([smhd])/g)]
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * SECONDS[unit!]!, 0)
  const wellFormed = parts.map(part => part[0]).join('') === value
  if (!wellFormed || seconds < 1) throw new Error(`must be a duration such as 30m, 24h or 7d, not "${value}"`)
  return seconds
}

/** `min` in seconds. */
function atLeast(min: number, parse: (value: string) => number): (value: string) => number {
  return value => {
    const seconds = parse(value)
    if (seconds < min) throw new Error(`must be at least ${min / 3600}h, not "${value}"`)
    return seconds
  }
}

function httpUrl(value: string): string {
  const url = URL.parse(value)
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash)
    throw new Error(`must be an address such as https://connectra.example.com, not "${value}"`)
  return url.href.replace(/\/+$/, '')
}

/** The value contains a password, so no message repeats it. */
function postgresUrl(value: string): string {
  const url = URL.parse(value)
  if (!url || !/^postgres(ql)?:$/.test(url.protocol))
    throw new Error('must be an address such as postgresql://user:password@host:5432/database')
  return value
}

function list(value: string): readonly string[] {
  return value.split(',').flatMap(item => item.trim() || [])
}

function keys(value: string): readonly string[] {
  const found = list(value)
  const bad = found.findIndex(key => key.length < 16 || !/^[\x21-\x7e]+$/.test(key))
  if (bad >= 0) throw new Error(`must be keys of at least 16 visible ASCII characters each: key ${bad + 1} is not`)
  return found
}

function origins(value: string): readonly string[] {
  if (value === 'none') return []
  const found = list(value)
  for (const origin of found) {
    if (origin !== '*' && URL.parse(origin)?.origin !== origin)
      throw new Error(`must be origins such as https://app.example.com, without a path, not "${origin}"`)
  }
  return found
}
