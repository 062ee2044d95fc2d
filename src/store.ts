/**
 * Opens the object store that the settings describe: a directory below the data directory. The database knows its
 * store by an id, which is also in a file of the directory. A process with another directory would not find the files of
 * jobs, so it is refused.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Config } from './config.ts'
import { type Connection, type Database, transaction } from './database/pool.ts'
import { getSecret } from './database/secrets.ts'
import { ConnectraError } from './errors.ts'
import { type DirectoryStore, openDirectoryStore } from './files/directory.ts'
import { writeWholeFile } from './files/whole-file.ts'

/** Held while an id is chosen, so that two processes that start at the same time agree on one. */
const LOCK = 4852715
const MARKER = 'store-id'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export function filesDirectory({ dataDir }: Config): string {
  return join(dataDir, 'files')
}

/** `publicUrl` returns the base address of signed URLs. ERR_CONFLICT if the directory is not the store of the database. */
export async function openStore(config: Config, database: Database, publicUrl: () => string): Promise<DirectoryStore> {
  const directory = filesDirectory(config)
  await identifyStore(directory, database)
  return await openDirectoryStore({
    directory,
    publicUrl,
    secret: await getSecret(database, 'signed-urls'),
    maxUploadBytes: config.maxUpload,
    urlSeconds: config.urlExpiry,
  })
}

/** Fails if the database has another store. Changes nothing. */
export async function checkStore(directory: string, database: Pick<Database, 'query'>): Promise<void> {
  const [expected, found] = [await readId(database), await readMarker(directory)]
  if (expected !== null && expected !== found) throw anotherStore(directory, found)
}

/** Makes the directory the store of the database, whatever it was before. Other directories are refused from then on. */
export async function acceptStore(directory: string, database: Database): Promise<void> {
  await withLock(database, async connection => await setId(connection, directory, randomUUID()))
}

/** Checks the ids, or agrees on one: that of the directory if it has one, because files are copied together with it. */
async function identifyStore(directory: string, database: Database): Promise<void> {
  const expected = await readId(database)
  if (expected === null) {
    await withLock(database, async connection => {
      if ((await readId(connection)) === null)
        await setId(connection, directory, (await readMarker(directory)) ?? randomUUID())
    })
  }
  await checkStore(directory, database)
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

/** The file is written last: if that fails, the database keeps its id. */
async function setId(connection: Connection, directory: string, id: string): Promise<void> {
  await connection.query(
    'INSERT INTO store_identity (id) VALUES ($1) ON CONFLICT (only_row) DO UPDATE SET id = excluded.id',
    [id],
  )
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writeWholeFile(join(directory, MARKER), { replace: true, mode: 0o600 }, async file => {
    file.end(`${id}\n`)
    await finished(file)
  })
}

/** Null if the directory has no id. */
async function readMarker(directory: string): Promise<string | null> {
  const text = await readFile(join(directory, MARKER), 'utf8').catch(error => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  })
  const id = text.trim()
  return UUID.test(id) ? id : null
}

function anotherStore(directory: string, found: string | null): ConnectraError {
  const why = found === null ? `has no file ${MARKER}` : 'belongs to another database'
  return new ConnectraError(
    'ERR_CONFLICT',
    `${directory} does not contain the files of this database: it ${why}. All processes of a database need the same files: set DATA_DIR to the directory that the others use, and check that its disk is mounted. If the files were moved or deleted on purpose, run \`connectra accept-files\` to use this directory from now on`,
  )
}
