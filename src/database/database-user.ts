/** The user that runs PostgreSQL: it refuses to run as root, but Connectra does not. */
import { execFile } from 'node:child_process'
import { chmod, chown, readdir, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ConnectraError } from '../errors.ts'

const run = promisify(execFile)

export interface DatabaseUser {
  /** Goes before every PostgreSQL command. */
  readonly prefix: readonly string[]
  /** For `spawn`; null means the user of this process. */
  readonly ids: { readonly uid: number; readonly gid: number } | null
}

/** Exists everywhere, which matters because `initdb` looks up its user. */
const NOBODY = { uid: 65_534, gid: 65_534 }
/** Inside a user namespace the process is not root, but it still owns root's files, so no file needs another owner. */
const NAMESPACE = ['unshare', '--user', `--map-user=${NOBODY.uid}`, `--map-group=${NOBODY.gid}`]

/**
 * Finds a user that can run `binaries` on the cluster `directory`, which need not exist yet. For root, in this order:
 * the owner of the directory, if that is another user; root in a user namespace; and where containers forbid those, or
 * the installation is not accessible from one, the user who installed the binaries, or nobody if that was root.
 */
export async function findDatabaseUser(directory: string, binaries: readonly string[]): Promise<DatabaseUser> {
  const existing = await stat(directory).catch(() => null)
  const self = process.getuid?.()
  if (self !== 0) {
    if (existing && self !== undefined && existing.uid !== self)
      throw new ConnectraError(
        'ERR_UNAVAILABLE',
        `${directory} belongs to another user (uid ${existing.uid}): run Connectra as that user, or set DATA_DIR to another directory`,
      )
    // In a container, the process may have an ID that belongs to no user.
    const prefix = !hasName() && (await runs([...NAMESPACE, 'true'])) ? NAMESPACE : []
    return { prefix, ids: null }
  }
  if (existing && existing.uid !== 0) return await asUser({ uid: existing.uid, gid: existing.gid }, directory, binaries)
  if (await reaches([...NAMESPACE], [...binaries, dirname(directory)])) return { prefix: NAMESPACE, ids: null }
  const installer = await stat(binaries[0]!)
  const ids = installer.uid === 0 ? NOBODY : { uid: installer.uid, gid: installer.gid }
  if (existing) await giveAway(directory, ids)
  const parent = dirname(directory)
  await chmod(parent, (await stat(parent)).mode | 0o011)
  return await asUser(ids, directory, binaries)
}

function hasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

type Ids = NonNullable<DatabaseUser['ids']>

async function asUser(ids: Ids, directory: string, binaries: readonly string[]): Promise<DatabaseUser> {
  for (const path of [...binaries, dirname(directory)]) {
    if (await reaches([], [path], ids)) continue
    throw new ConnectraError(
      'ERR_UNAVAILABLE',
      `PostgreSQL cannot run as root, and the user to run it as instead (uid ${ids.uid}) has no access to ${path}: run Connectra as an ordinary user, give others access to that path, or set DATABASE_URL`,
    )
  }
  return { prefix: [], ids }
}

/** Whether all of `paths` can be executed or, if they are directories, entered. */
async function reaches(prefix: readonly string[], paths: readonly string[], ids?: Ids): Promise<boolean> {
  const script = 'for path; do test -x "$path" || exit 1; done'
  return await runs([...prefix, 'sh', '-c', script, 'sh', ...paths], ids)
}

async function runs(command: readonly string[], ids?: Ids): Promise<boolean> {
  return await run(command[0]!, command.slice(1), { ...ids }).then(
    () => true,
    () => false,
  )
}

async function giveAway(directory: string, ids: Ids): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true })) {
    await chown(join(directory, entry), ids.uid, ids.gid)
  }
  await chown(directory, ids.uid, ids.gid)
}
