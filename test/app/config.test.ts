import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { changedSettings, readConfig, reportUnknownSettings, SETTINGS } from '../../src/config.ts'
import { ConnectraError } from '../../src/errors.ts'

function problemsOf(environment: Record<string, string>): string[] {
  try {
    readConfig(environment)
    return []
  } catch (error) {
    assert.ok(error instanceof ConnectraError)
    return error.details!.map(problem => problem.message)
  }
}

test('without settings everything has its default', () => {
  const config = readConfig({})
  assert.deepEqual(
    { ...config },
    {
      host: '127.0.0.1',
      port: 8000,
      publicUrl: null,
      dataDir: resolve('data'),
      databaseUrl: null,
      databaseConnections: 10,
      databaseTimeout: 15,
      apiKeys: [],
      corsOrigins: ['*'],
      trustProxy: false,
      rateLimit: 0,
      maxBatch: 1000,
      maxBody: 32 * 1024 ** 2,
      maxResponse: 32 * 1024 ** 2,
      defaultCountry: null,
      exportMaxRows: 50_000,
      maxUpload: 10 * 1024 ** 3,
      urlExpiry: 86_400,
      maxLag: 60,
      stopGrace: 0,
      s3Bucket: [],
      s3Region: null,
      s3Endpoint: null,
      s3ForcePathStyle: false,
      s3Prefix: '',
      s3PublicEndpoint: null,
      queryTimeout: 10,
      readerThreads: null,
      opensearchUrl: null,
      opensearchCaFile: null,
      opensearchAwsRegion: null,
      opensearchIndexPrefix: 'connectra',
      opensearchShards: 3,
      opensearchReplicas: 1,
      workerConcurrency: 2,
      workerImports: null,
      workerExports: null,
      feedRetention: 604_800,
      fileRetention: 2_592_000,
      logLevel: 'info',
    },
  )
  assert.ok(Object.isFrozen(config) && Object.isFrozen(config.apiKeys))
})

test('an empty value, or one of spaces, counts as unset', () => {
  const empty = Object.fromEntries(Object.values(SETTINGS).map(({ env }, index) => [env, index % 2 ? '' : '  ']))
  assert.deepEqual(readConfig(empty), readConfig({}))
})

test('values are read as people write them', () => {
  const config = readConfig({
    PORT: ' 80 ',
    PUBLIC_URL: 'https://api.example.com/connectra/',
    DATABASE_URL: 'postgres://user:p%40ss@db.example.com/connectra',
    API_KEYS: 'first-key-0123456789, second-key-0123456789,',
    CORS_ORIGINS: 'https://app.example.com, http://localhost:3000',
    TRUST_PROXY: 'Yes',
    MAX_BODY: '512kb',
    DEFAULT_COUNTRY: 'de',
    URL_EXPIRY: '1d12h',
    S3_BUCKET: 'files, archive,files',
    S3_ENDPOINT: 'http://127.0.0.1:9000/',
    S3_PREFIX: 'connectra/eu',
    S3_FORCE_PATH_STYLE: '1',
    LOG_LEVEL: 'DEBUG',
  })
  assert.equal(config.port, 80)
  assert.equal(config.publicUrl, 'https://api.example.com/connectra')
  assert.equal(config.databaseUrl, 'postgres://user:p%40ss@db.example.com/connectra')
  assert.deepEqual(config.apiKeys, ['first-key-0123456789', 'second-key-0123456789'])
  assert.deepEqual(config.corsOrigins, ['https://app.example.com', 'http://localhost:3000'])
  assert.equal(config.trustProxy, true)
  assert.equal(config.maxBody, 512 * 1024)
  assert.equal(config.defaultCountry, 'DE')
  assert.equal(config.urlExpiry, 36 * 3600)
  assert.equal(config.logLevel, 'debug')
  assert.deepEqual(config.s3Bucket, ['files', 'archive'])
  assert.equal(config.s3Endpoint, 'http://127.0.0.1:9000')
  assert.equal(config.s3ForcePathStyle, true)
  assert.equal(config.s3Prefix, 'connectra/eu/')
  assert.equal(readConfig({ S3_PREFIX: 'connectra/' }).s3Prefix, 'connectra/')
  assert.deepEqual(readConfig({ CORS_ORIGINS: 'none' }).corsOrigins, [])
})

test('changed settings are shown as they can be entered', () => {
  const changed = {
    API_KEYS: 'a-secret-key-of-many-letters',
    CORS_ORIGINS: 'none',
    TRUST_PROXY: 'true',
    MAX_BODY: '1536B',
    MAX_UPLOAD: '2TB',
    QUERY_TIMEOUT: '90s',
    S3_BUCKET: 'first,second',
    MAX_LAG: '1h30m',
    STOP_GRACE: '5s',
    FEED_RETENTION: '48h',
  }
  const shown = changedSettings(readConfig(changed))
  assert.deepEqual(shown, [
    'API_KEYS=(secret)',
    'CORS_ORIGINS=none',
    'TRUST_PROXY=true',
    'MAX_BODY=1536B',
    'QUERY_TIMEOUT=90s',
    'MAX_UPLOAD=2TB',
    'S3_BUCKET=first,second',
    'MAX_LAG=90m',
    'STOP_GRACE=5s',
    'FEED_RETENTION=2d',
  ])
  const copied = Object.fromEntries(shown.map(line => line.split('=')))
  const { apiKeys: _, ...expected } = readConfig(changed)
  assert.partialDeepStrictEqual(readConfig({ ...copied, API_KEYS: '' }), expected)
  assert.deepEqual(changedSettings(readConfig({ STOP_GRACE: '0', MAX_UPLOAD: '10GB' })), [])
})

test('all that cannot be used is listed at once, each with what it should be, and secrets are not repeated', () => {
  const wrong = {
    PORT: '80a',
    PUBLIC_URL: 'api.example.com',
    DATABASE_URL: 'mysql://user:hunter2@host/name',
    API_KEYS: 'a-long-enough-key-1,hunter2',
    CORS_ORIGINS: 'https://app.example.com/path',
    TRUST_PROXY: 'maybe',
    RATE_LIMIT: '1e3',
    MAX_BATCH: '0',
    MAX_BODY: '32 parsecs',
    DEFAULT_COUNTRY: 'Germany',
    MAX_UPLOAD: '0',
    URL_EXPIRY: '24',
    S3_BUCKET: 's3://files/a',
    S3_PREFIX: '/connectra',
    S3_ENDPOINT: 'https://key:hunter2@localhost:9000',
    S3_PUBLIC_ENDPOINT: 'ftp://key:hunter2@localhost',
    S3_FORCE_PATH_STYLE: 'path',
    WORKER_CONCURRENCY: '-1',
    FEED_RETENTION: '59m',
    FILE_RETENTION: '23h',
    LOG_LEVEL: 'loud',
  }
  const problems = problemsOf(wrong)
  assert.deepEqual(problems.map(message => message.split(' ')[0]).sort(), Object.keys(wrong).sort())
  for (const message of problems) assert.match(message, / must /)
  assert.ok(!problems.join().includes('hunter2'))
})

test('the default country is a code of two letters', () => {
  for (const code of ['US', 'us', 'GB', 'XK', ' pl '])
    assert.equal(readConfig({ DEFAULT_COUNTRY: code }).defaultCountry, code.trim().toUpperCase())
  for (const code of ['UX', 'ZZ', 'USA', '49', '+1', 'Deutschland', 'U', 'EN'])
    assert.equal(problemsOf({ DEFAULT_COUNTRY: code }).length, 1, code)
})

test('names in .env that look like a setting but are none are reported; those of other programs are not', () => {
  assert.deepEqual(
    reportUnknownSettings(['PROT', 'PORT', 'DATABSE_URL', 'API_KEY', 'CONNECTRA_DATA_DIR', 'DATABASE_POOL', 'port']),
    [
      'PROT in .env is not a setting. Did you mean PORT?',
      'DATABSE_URL in .env is not a setting. Did you mean DATABASE_URL?',
      'API_KEY in .env is not a setting. Did you mean API_KEYS?',
      'CONNECTRA_DATA_DIR in .env is not a setting. Did you mean DATA_DIR?',
      'DATABASE_POOL in .env is not a setting. Did you mean DATABASE_URL?',
      'port in .env is not a setting. Did you mean PORT?',
    ],
  )
  assert.deepEqual(
    reportUnknownSettings([
      'PATH',
      'POSTGRES_PASSWORD',
      'NODE_ENV',
      'TZ',
      'HOSTNAME',
      'COMPOSE_PROJECT_NAME',
      'AWS_REGION',
    ]),
    [],
  )
})

test('sslmode is verified like libpq’s verify-full unless verification is turned off; unknown modes are refused', () => {
  const read = (query: string) => readConfig({ DATABASE_URL: `postgresql://u:p%40s@db.example/c?${query}` }).databaseUrl
  for (const mode of ['prefer', 'require', 'verify-ca', 'verify-full'])
    assert.equal(read(`sslmode=${mode}&x=1`), 'postgresql://u:p%40s@db.example/c?sslmode=verify-full&x=1')
  for (const kept of ['sslmode=disable', 'sslmode=no-verify', 'uselibpqcompat=true&sslmode=require'])
    assert.equal(read(kept), `postgresql://u:p%40s@db.example/c?${kept}`)
  assert.equal(read('sslrootcert=system&sslmode=require'), 'postgresql://u:p%40s@db.example/c?sslmode=verify-full')
  assert.throws(() => read('sslmode=verify_full'), {
    message:
      'invalid settings:\n  DATABASE_URL has an unknown sslmode: use verify-full, no-verify (encrypted but not verified) or disable',
  })
})

test('OPENSEARCH_URL lists nodes, and is never shown because it may have a password', () => {
  const nodes = 'https://user:secret@one:9200/, http://two:9200/search/'
  assert.deepEqual(readConfig({ OPENSEARCH_URL: nodes }).opensearchUrl, [
    'https://user:secret@one:9200',
    'http://two:9200/search',
  ])
  for (const wrong of ['secret@one:9200', 'https://one:9200,secret', 'ftp://user:secret@one']) {
    assert.throws(
      () => readConfig({ OPENSEARCH_URL: wrong }),
      (error: Error) => error.message.includes('OPENSEARCH_URL must be addresses') && !error.message.includes('secret'),
    )
  }
  for (const wrong of ['https://user:secret%@one:9200', 'https://us%zzer:secret@one'])
    assert.throws(() => readConfig({ OPENSEARCH_URL: wrong }), {
      message:
        'invalid settings:\n  OPENSEARCH_URL must be addresses in which a "%" of a user or password is written as "%25"',
    })
  const signed = { OPENSEARCH_URL: 'https://search', OPENSEARCH_AWS_REGION: 'us-gov-west-1' }
  assert.equal(readConfig(signed).opensearchAwsRegion, 'us-gov-west-1')
  assert.throws(() => readConfig({ ...signed, OPENSEARCH_URL: 'https://search,https://me:secret@search' }), {
    message:
      'invalid settings:\n  OPENSEARCH_AWS_REGION cannot be used with a user and password in OPENSEARCH_URL: remove one of the two',
  })
  assert.throws(() => readConfig({ ...signed, OPENSEARCH_URL: 'http://search' }), /OPENSEARCH_AWS_REGION needs https:/)
  assert.throws(() => readConfig({ OPENSEARCH_AWS_REGION: 'Frankfurt' }), /must be a region such as eu-central-1/)
  assert.throws(() => readConfig({ OPENSEARCH_INDEX_PREFIX: 'Upper*' }), /OPENSEARCH_INDEX_PREFIX must be lower-case/)
})
