/** The table of settings. The configuration, its validation and docs/configuration.md are derived from it. */
import { ConnectraError, type Problem } from './errors.ts'
import {
  atLeast,
  awsRegion,
  buckets,
  bytes,
  choice,
  countryCode,
  duration,
  flag,
  httpUrl,
  indexPrefix,
  integer,
  keyPrefix,
  keys,
  opensearchUrls,
  origins,
  orZero,
  path,
  postgresUrl,
  showBytes,
  showDuration,
  showOrigins,
  text,
} from './setting-values.ts'
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
  /** Returns a text that `parse` reads as the same value. Absent if String does. */
  show?(value: T): string
}

function setting<T>(
  env: string,
  parse: (text: string) => T,
  fallback: string,
  doc: string,
  extra?: Pick<Setting<T>, 'secret' | 'show'>,
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
    'Your own PostgreSQL: `postgresql://user:password@host:5432/database`. It must be version 15 or newer, reached directly or through a pooler in session mode. With `?sslmode=verify-full&sslrootcert=/path/to/ca.pem` the connection is encrypted and the server verified. Default: an embedded PostgreSQL in `DATA_DIR`.',
    { secret: true },
  ),
  databaseConnections: setting(
    'DATABASE_CONNECTIONS',
    integer(4, 1000),
    '10',
    'Maximum number of PostgreSQL connections that a process opens for requests.',
  ),
  databaseTimeout: setting(
    'DATABASE_TIMEOUT',
    duration,
    '15s',
    'How long PostgreSQL may take to answer a statement of a request. Then the request fails with `ERR_UNAVAILABLE`. Jobs and the search index wait for a minute.',
    { show: showDuration },
  ),
  apiKeys: setting(
    'API_KEYS',
    keys,
    '',
    'Comma-separated API keys of at least 16 characters each, accepted in addition to those created with `connectra keys`. They are admin keys. When set, no key is created at the first start.',
    { secret: true },
  ),
  corsOrigins: setting(
    'CORS_ORIGINS',
    origins,
    '*',
    'Comma-separated origins whose pages may call the API, `*` for all, or `none`. Allowing all is safe because keys are sent in a header, never in a cookie.',
    { show: showOrigins },
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
    { show: showBytes },
  ),
  maxResponse: setting(
    'MAX_RESPONSE',
    bytes,
    '32MB',
    'Maximum size of a page of search results. A larger page fails with `ERR_RESPONSE_TOO_LARGE`.',
    { show: showBytes },
  ),
  queryTimeout: setting(
    'QUERY_TIMEOUT',
    duration,
    '10s',
    'How long a search may take, including the time it waits for other costly searches. A longer one fails with `ERR_QUERY_TIMEOUT`.',
    { show: showDuration },
  ),
  readerThreads: optional(
    'READER_THREADS',
    integer(1, 64),
    'Number of threads for searches that take long. Other searches never wait for these. Default: the number of cores less one, at least one.',
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
  opensearchAwsRegion: optional(
    'OPENSEARCH_AWS_REGION',
    awsRegion,
    'Region of a domain of Amazon OpenSearch Service, such as `eu-central-1`. Requests to it are then signed (Signature Version 4), with credentials from where AWS clients find them. Without user and password in `OPENSEARCH_URL`.',
  ),
  opensearchIndexPrefix: setting(
    'OPENSEARCH_INDEX_PREFIX',
    indexPrefix,
    'connectra',
    'Prefix of the names of the OpenSearch indexes. Each database needs its own.',
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
  maxUpload: setting('MAX_UPLOAD', bytes, '10GB', 'Maximum size of an uploaded file.', { show: showBytes }),
  urlExpiry: setting(
    'URL_EXPIRY',
    duration,
    '24h',
    'How long signed URLs are valid, such as `30m`, `24h` or `7d`. At most `7d` in S3.',
    { show: showDuration },
  ),
  s3Bucket: setting(
    'S3_BUCKET',
    buckets,
    '',
    'Comma-separated S3 buckets. When set, uploads and exports are stored in the first one instead of `DATA_DIR/files`; a request may choose another one with `s3_bucket`. Credentials come from where AWS clients find them: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, a profile, or the role of the machine. See [scaling](scaling.md#files-in-s3).',
  ),
  s3Region: optional(
    'S3_REGION',
    text,
    'Region of the buckets. Default: `AWS_REGION` or the region of the profile; with `S3_ENDPOINT` it is `us-east-1`.',
  ),
  s3Endpoint: optional('S3_ENDPOINT', httpUrl, 'Address of a server with the API of S3. Default: Amazon S3.'),
  s3ForcePathStyle: setting(
    'S3_FORCE_PATH_STYLE',
    flag,
    'false',
    'Set to `true` for a server that has the bucket in the path of its URLs, not in the host.',
  ),
  s3Prefix: setting(
    'S3_PREFIX',
    keyPrefix,
    '',
    'Put in front of all keys in the buckets, such as `connectra/`. Keys in the API do not include it.',
  ),
  s3PublicEndpoint: optional(
    'S3_PUBLIC_ENDPOINT',
    httpUrl,
    'Address in signed URLs, if clients reach S3 at another address than this server. Default: `S3_ENDPOINT`.',
  ),
  maxLag: setting(
    'MAX_LAG',
    duration,
    '1m',
    'How far the search index may be behind the database before `/health/ready` returns 503. Without effect if the index is in OpenSearch.',
    { show: showDuration },
  ),
  stopGrace: setting(
    'STOP_GRACE',
    orZero(duration),
    '0s',
    'How long a server that is told to stop goes on serving requests. `/health/ready` returns 503 meanwhile. Behind a load balancer, set it to the time in which the balancer notices.',
    { show: showDuration },
  ),
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
    { show: showDuration },
  ),
  fileRetention: setting(
    'FILE_RETENTION',
    atLeast(86_400, duration),
    '30d',
    'How long uploaded files, and files of rejected rows and warnings, are kept after the last job that needs them has ended, at least `1d`. Uploads without a job are kept for the same time. Exports are kept until you delete them.',
    { show: showDuration },
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
  problems.push(...contradictions(config as Partial<Config>))
  if (problems.length > 0) {
    const lines = problems.map(problem => `  ${problem.message}`).join('\n')
    throw new ConnectraError('ERR_INVALID_VALUE', `invalid settings:\n${lines}`, { details: problems })
  }
  return Object.freeze(config) as Config
}

const LOOPBACK = /^(localhost|127\..*|\[::1\])$/

/** Settings that are valid alone, but not together. A setting that is invalid itself is missing in `config`. */
function contradictions({ opensearchAwsRegion, opensearchUrl }: Partial<Config>): Problem[] {
  const field = 'OPENSEARCH_AWS_REGION'
  if (!opensearchAwsRegion || !opensearchUrl) return []
  const urls = opensearchUrl.map(url => new URL(url))
  const messages = [
    ...(urls.some(({ username }) => username !== '')
      ? [`${field} cannot be used with a user and password in OPENSEARCH_URL: remove one of the two`]
      : []),
    ...(urls.some(({ protocol, hostname }) => protocol !== 'https:' && !LOOPBACK.test(hostname))
      ? [`${field} needs https:// in OPENSEARCH_URL, because requests contain temporary credentials`]
      : []),
  ]
  return messages.map(message => ({ field, code: 'ERR_INVALID_VALUE', message }))
}

/** The settings of `config` that differ from the defaults, as `NAME=value`. Such a line has the same meaning in `.env`. */
export function changedSettings(config: Config): string[] {
  const defaults = readConfig({})
  return Object.entries<Setting<unknown>>(SETTINGS).flatMap(([name, { env, secret, show = String }]) => {
    const value = config[name as keyof Config]
    if (String(value) === String(defaults[name as keyof Config])) return []
    return `${env}=${secret ? '(secret)' : show(value)}`
  })
}

/** A name with one of these prefixes is unlikely to belong to another program that reads the same file. */
const OWN_PREFIXES = ['CONNECTRA_', 'DATABASE_', 'OPENSEARCH_', 'WORKER_', 'EXPORT_', 'FEED_', 'CORS_', 'MAX_', 'S3_']

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
