/** The table of settings. The configuration, its validation and docs/configuration.md are derived from it. */
import { resolve } from 'node:path'
import { ConnectraError, type Problem } from './errors.ts'
import { withinEdits } from './text/distance.ts'
import { nearest } from './text/nearest.ts'

interface Setting<T> {
  readonly env: string
  /** As written in the environment; null means unset. */
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
  host: setting('HOST', text, '127.0.0.1', 'Address to listen on. `0.0.0.0` accepts connections from the network.'),
  port: setting('PORT', integer(0, 65_535), '8000', 'Port to listen on. `0` picks a free port.'),
  publicUrl: optional(
    'PUBLIC_URL',
    httpUrl,
    'URL at which clients reach this server, including a path if there is one. Signed URLs start with it. Default: the host that a request was sent to.',
  ),
  dataDir: setting(
    'DATA_DIR',
    path,
    './data',
    'Directory for all data: the embedded PostgreSQL, uploaded and exported files, the snapshot of the search index, and the first API key.',
  ),
  databaseUrl: optional(
    'DATABASE_URL',
    postgresUrl,
    'Your own PostgreSQL: `postgresql://user:password@host:5432/database`. It must be version 15 or newer, reached directly or through a pooler in session mode. Default: an embedded PostgreSQL in `DATA_DIR`.',
    { secret: true },
  ),
  databaseConnections: setting(
    'DATABASE_CONNECTIONS',
    integer(4, 1000),
    '10',
    'Maximum number of PostgreSQL connections that a process opens for requests.',
  ),
  apiKeys: setting(
    'API_KEYS',
    keys,
    '',
    'Comma-separated API keys of at least 16 characters each, accepted in addition to those created with `connectra keys`. When set, no key is created at the first start.',
    { secret: true },
  ),
  corsOrigins: setting(
    'CORS_ORIGINS',
    origins,
    '*',
    'Comma-separated origins whose pages may call the API, `*` for all, or `none`. Allowing all is safe because keys are sent in a header, never in a cookie.',
  ),
  trustProxy: setting(
    'TRUST_PROXY',
    flag,
    'false',
    'Set to `true` behind a reverse proxy to take the address of the client from `X-Forwarded-For`, and the address of the server from `X-Forwarded-Host` and `X-Forwarded-Proto`.',
  ),
  rateLimit: setting(
    'RATE_LIMIT',
    integer(0, 1_000_000),
    '0',
    'Maximum number of requests per minute for each API key. `0` means no limit.',
  ),
  maxBatch: setting('MAX_BATCH', integer(1, 100_000), '1000', 'Maximum number of records in an upsert request.'),
  maxBody: setting(
    'MAX_BODY',
    bytes,
    '32MB',
    'Maximum size of the body of an upsert request. The bodies of other JSON requests may have up to 4 MB.',
  ),
  maxResponse: setting(
    'MAX_RESPONSE',
    bytes,
    '32MB',
    'Maximum size of a page of search results. A larger page fails with `ERR_RESPONSE_TOO_LARGE`.',
  ),
  queryTimeout: setting(
    'QUERY_TIMEOUT',
    duration,
    '10s',
    'How long a search may take, including the time it waits for other costly searches. A longer one fails with `ERR_QUERY_TIMEOUT`.',
  ),
  readerThreads: optional(
    'READER_THREADS',
    integer(1, 64),
    'Number of threads for costly searches. Other searches never wait for these. Default: the number of cores less one, at least one.',
  ),
  opensearchUrl: optional(
    'OPENSEARCH_URL',
    opensearchUrls,
    'Search in an OpenSearch cluster instead of the index in each process: the addresses of its nodes, comma-separated, such as `https://user:password@host:9200`. See [scaling](scaling.md#search-in-opensearch).',
    { secret: true },
  ),
  opensearchCaFile: optional(
    'OPENSEARCH_CA_FILE',
    path,
    'File with the certificates (PEM) of the authorities that the certificate of the OpenSearch nodes is checked against. Default: those of Node.js.',
  ),
  opensearchIndexPrefix: setting(
    'OPENSEARCH_INDEX_PREFIX',
    indexPrefix,
    'connectra',
    'What the names of the OpenSearch indexes begin with. Each database needs its own.',
  ),
  opensearchShards: setting(
    'OPENSEARCH_SHARDS',
    integer(1, 100),
    '3',
    'Number of primary shards of each OpenSearch index. A change takes effect at the next `connectra reindex`.',
  ),
  opensearchReplicas: setting(
    'OPENSEARCH_REPLICAS',
    integer(0, 10),
    '1',
    'Number of copies of each shard. `0` for a cluster of one node; with `1`, one node may fail. A change takes effect at the next `connectra reindex`.',
  ),
  defaultCountry: optional(
    'DEFAULT_COUNTRY',
    countryCode,
    'Country of phone numbers without `+` in records without a country, and in queries: its ISO 3166-1 code of two letters, such as `US`. Default: none. Numbers in such records are then stored as they are, and a number in a query matches the same national number in every country.',
  ),
  exportMaxRows: setting(
    'EXPORT_MAX_ROWS',
    integer(1, 1_000_000),
    '50000',
    'Maximum number of rows in a direct download (`POST /contacts/export`). Export jobs have no limit.',
  ),
  maxUpload: setting('MAX_UPLOAD', bytes, '10GB', 'Maximum size of an uploaded file.'),
  urlExpiry: setting('URL_EXPIRY', duration, '24h', 'How long signed URLs are valid, such as `30m`, `24h` or `7d`.'),
  workerConcurrency: setting(
    'WORKER_CONCURRENCY',
    integer(0, 64),
    '2',
    'Maximum number of jobs that a process runs at the same time. `0` leaves all jobs to `connectra work`. With two or more, one slot is reserved for jobs under 16 MB, so that small jobs do not wait for large ones.',
  ),
  workerImports: optional(
    'WORKER_IMPORTS',
    integer(0, 64),
    'Maximum number of imports among these jobs. `0` leaves imports to other processes. Default: `WORKER_CONCURRENCY`.',
  ),
  workerExports: optional(
    'WORKER_EXPORTS',
    integer(0, 64),
    'Maximum number of exports among these jobs. `0` leaves exports to other processes. Default: `WORKER_CONCURRENCY`.',
  ),
  feedRetention: setting(
    'FEED_RETENTION',
    atLeast(3600, duration),
    '7d',
    'How long the change feed is kept, at least `1h`. A search index that has been offline for longer is rebuilt. Rejected rows and warnings of failed or cancelled imports are kept for the same time.',
  ),
  logLevel: setting(
    'LOG_LEVEL',
    choice('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    'info',
    'Log level: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. `debug` adds stack traces.',
  ),
} as const

/** Sizes are in bytes, durations in seconds, `dataDir` is absolute. */
export type Config = {
  readonly [Key in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[Key]['parse']>
}

/**
 * Reads the settings from the environment; an empty value counts as unset. Throws one ConnectraError that lists every
 * problem, both in `details` and on a line of its message.
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

/** A name with one of these prefixes is unlikely to belong to another program that reads the same file. */
const OWN_PREFIXES = ['CONNECTRA_', 'DATABASE_', 'OPENSEARCH_', 'WORKER_', 'EXPORT_', 'FEED_', 'CORS_', 'MAX_']

/** A line for each of `names` that is not a setting, but looks like one. Other names belong to other programs. */
export function reportUnknownSettings(names: readonly string[]): string[] {
  const known = Object.values<Setting<unknown>>(SETTINGS).map(({ env }) => env)
  return names.flatMap(name => {
    const upper = name.toUpperCase()
    const suggestion = nearest(upper.replace(/^CONNECTRA_/, ''), known)!
    const isTypo = withinEdits(upper, suggestion, Math.max(1, Math.floor(suggestion.length / 5)))
    if (known.includes(name) || !(isTypo || OWN_PREFIXES.some(prefix => upper.startsWith(prefix)))) return []
    return `${name} in .env is not a setting. Did you mean ${suggestion}?`
  })
}

/** docs/configuration.md. */
export function describeSettings(): string {
  const rows = Object.values<Setting<unknown>>(SETTINGS).map(({ env, default: fallback, doc }) => {
    const shown = fallback === null || fallback === '' ? '' : `\`${fallback}\``
    return `| \`${env}\` | ${shown} | ${doc} |`
  })
  return `# Configuration

Settings are environment variables, or lines in a file \`.env\` in the directory in which Connectra is started. If a
setting is in both, the environment takes precedence. All settings are optional, and an empty value counts as unset.

If any setting is invalid, Connectra reports all invalid settings at once and exits with code 2. A name in \`.env\` that is
not a setting but looks like one is reported as well: \`PROT in .env is not a setting. Did you mean PORT?\`

- Sizes are written as \`512KB\`, \`32MB\` or \`10GB\`, where 1 KB is 1,024 bytes.
- Durations are written as \`30s\`, \`30m\`, \`24h\` or \`7d\`.

| setting | default | meaning |
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

function countryCode(value: string): string {
  const code = value.toUpperCase()
  const isKnown =
    /^[A-Z]{2}$/.test(code) && code !== 'ZZ' && new Intl.DisplayNames('en', { type: 'region' }).of(code) !== code
  if (!isKnown) throw new Error(`must be the code of a country in two letters, such as US or DE, not "${value}"`)
  return code
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
function opensearchUrls(value: string): readonly string[] {
  const urls = list(value).map(address => URL.parse(address))
  if (urls.length === 0 || urls.some(url => !url || !/^https?:$/.test(url.protocol) || url.search || url.hash))
    throw new Error('must be addresses such as https://user:password@host:9200, separated by commas')
  return urls.map(url => url!.href.replace(/\/+$/, ''))
}

function indexPrefix(value: string): string {
  if (!/^[a-z0-9][a-z0-9_-]{0,50}$/.test(value))
    throw new Error(`must be lower-case letters, digits, "-" and "_", such as connectra, not "${value}"`)
  return value
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
