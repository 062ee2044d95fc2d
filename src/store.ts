/**
 * Opens the object store that the settings describe: S3, or a directory below the data directory. The database knows its
 * store by an id, which is also in a file of the store. A process with another store would not find the files of jobs, so it
 * is refused.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Config } from './config.ts'
import { type Connection, type Database, transaction } from './database/pool.ts'
import { getSecret } from './database/secrets.ts'
import { ConnectraError } from './errors.ts'
import { openDirectoryStore } from './files/directory.ts'
import type { ObjectStore } from './files/object-store.ts'
import type { S3Store } from './files/s3/s3-store.ts'
import { StoreUnavailable } from './files/unavailable.ts'
import { writeWholeFile } from './files/whole-file.ts'

/** Held while an id is chosen, so that two processes that start at the same time agree on one. */
const LOCK = 4852715
const MARKER = 'store-id'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export function filesDirectory({ dataDir }: Config): string {
  return join(dataDir, 'files')
}

/** Where the file with a key is, for people: a path, or `s3://bucket/key`. `bucket`: the one that the job names. */
export function fileLocation(config: Config, key: string, bucket?: unknown): string {
  const [standard] = config.s3Bucket
  if (standard === undefined) return join(filesDirectory(config), key)
  return `s3://${typeof bucket === 'string' && bucket !== '' ? bucket : standard}/${config.s3Prefix}${key}`
}

/** Null if files are in a directory. Sends no request. */
export async function openS3(config: Config): Promise<S3Store | null> {
  if (config.s3Bucket.length === 0) return null
  const { openS3Store } = await import('./files/s3/s3-store.ts')
  return openS3Store({
    buckets: config.s3Bucket,
    region: config.s3Region,
    endpoint: config.s3Endpoint,
    publicEndpoint: config.s3PublicEndpoint,
    forcePathStyle: config.s3ForcePathStyle,
    prefix: config.s3Prefix,
    urlSeconds: config.urlExpiry,
  })
}

/**
 * `publicUrl` returns the base address of signed URLs of a directory. ERR_CONFLICT if the files are not those of the database. Buckets and
 * rights are checked. If S3 does not respond, `warn` is called and the store is opened nevertheless: only jobs need it.
 */
export async function openStore(
  config: Config,
  database: Database,
  publicUrl: () => string,
  warn: (error: StoreUnavailable) => void = () => {},
): Promise<ObjectStore> {
  const s3 = await openS3(config)
  if (s3 !== null) {
    try {
      await s3.probe()
      await identifyStore(s3Place(config, s3), database)
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      warn(error)
    }
    return s3
  }
  const directory = filesDirectory(config)
  await identifyStore(directoryPlace(directory), database)
  return await openDirectoryStore({
    directory,
    publicUrl,
    secret: await getSecret(database, 'signed-urls'),
    maxUploadBytes: config.maxUpload,
    urlSeconds: config.urlExpiry,
  })
}

/** Where files are stored, as far as their id is concerned. */
export interface StorePlace {
  /** For people: a directory, or the address of a bucket. */
  readonly name: string
  /** What to do if it is the wrong place. */
  readonly advice: string
  /** The text of the file MARKER; null if there is none. */
  read(): Promise<string | null>
  write(text: string): Promise<void>
}

/** The place that the settings describe. */
export async function storePlace(config: Config): Promise<StorePlace> {
  const s3 = await openS3(config)
  return s3 === null ? directoryPlace(filesDirectory(config)) : s3Place(config, s3)
}

function s3Place(config: Config, s3: S3Store): StorePlace {
  return {
    name: fileLocation(config, ''),
    advice: 'set S3_BUCKET and S3_PREFIX to those that the others use',
    read: async () => await s3.readText(MARKER),
    write: async text => await s3.writeText(MARKER, text),
  }
}

export function directoryPlace(directory: string): StorePlace {
  const path = join(directory, MARKER)
  return {
    name: directory,
    advice:
      'set DATA_DIR to the directory that the others use, and check that its disk is mounted; or set S3_BUCKET if they use S3',
    read: async () =>
      await readFile(path, 'utf8').catch(error => {
        if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
        throw error
      }),
    async write(text) {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      await writeWholeFile(path, { replace: true, mode: 0o600 }, async file => {
        file.end(text)
        await finished(file)
      })
    },
  }
}

/** Fails if the database has another store. Changes nothing. */
export async function checkStore(place: StorePlace, database: Pick<Database, 'query'>): Promise<void> {
  const [expected, found] = [await readId(database), await readMarker(place)]
  if (expected !== null && expected !== found) throw anotherStore(place, found)
}

/** Makes the place the store of the database, whatever it was before. Other places are refused from then on. */
export async function acceptStore(place: StorePlace, database: Database): Promise<void> {
  await withLock(database, async connection => await setId(connection, place, randomUUID()))
}

/** Checks the ids, or agrees on one: that of the place if it has one, because files are copied together with it. */
async function identifyStore(place: StorePlace, database: Database): Promise<void> {
  const expected = await readId(database)
  if (expected === null) {
    await withLock(database, async connection => {
      if ((await readId(connection)) === null) await setId(connection, place, (await readMarker(place)) ?? randomUUID())
    })
  }
  await checkStore(place, database)
}

async function withLock(database: Database, work: (connection: Connection) => Promise<void>): Promise<void> {
  await transaction(database, async connection => {
    await connection.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    await work(connection)
  })
}

async function readId(database: Pick<Database, 'query'>): Promise<string | null> {
  const { rows } = await database.query<{ id: string }>('SELECT id FROM store_identity')
  return rows[0]?.id ?? null
}

/** The marker is written last: if that fails, the database keeps its id. */
async function setId(connection: Connection, place: StorePlace, id: string): Promise<void> {
  await connection.query(
    'INSERT INTO store_identity (id) VALUES ($1) ON CONFLICT (only_row) DO UPDATE SET id = excluded.id',
    [id],
  )
  await place.write(`${id}\n`)
}

/** Null if the place has no id. */
async function readMarker(place: StorePlace): Promise<string | null> {
  const id = (await place.read())?.trim() ?? ''
  return UUID.test(id) ? id : null
}

function anotherStore({ name, advice }: StorePlace, found: string | null): ConnectraError {
  const why = found === null ? `has no file ${MARKER}` : 'belongs to another database'
  return new ConnectraError(
    'ERR_CONFLICT',
    `${name} does not contain the files of this database: it ${why}. All processes of a database need the same files: ${advice}. If the files were moved or deleted on purpose, run \`connectra accept-files\` to use ${name} from now on`,
  )
}
