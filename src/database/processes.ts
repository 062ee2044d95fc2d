/** What the operating system says about other processes. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** How long PostgreSQL's processes may take to end. Milliseconds. */
const END_WITHIN = 5_000

/**
 * The start time of a process, which distinguishes it from a later one with the same ID. Null if there is no such
 * process, or only a zombie.
 */
export function processIdentity(pid: number): string | null {
  try {
    if (process.platform !== 'linux') {
      const [state, ...started] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
        .trim()
        .split(/\s+/)
      return state?.startsWith('Z') ? null : started.join(' ')
    }
    // proc_pid_stat(5): the name is in parentheses and may contain anything. The state is field 3, the start time field 22.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? null : fields[19]!
  } catch {
    return null
  }
}

/**
 * Whether the process is a PostgreSQL server on this directory (a real path). After a crash, the ID in a
 * `postmaster.pid` may belong to any process, even to another PostgreSQL. Null if the system does not say.
 */
export function isPostgresOn(pid: number, directory: string): boolean | null {
  if (processIdentity(pid) === null) return false
  try {
    if (process.platform !== 'linux') {
      const command = execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
      return command.includes('postgres') && command.includes(directory)
    }
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'postgres') return false
    return readlinkSync(`/proc/${pid}/cwd`) === directory
  } catch {
    return null
  }
}

/**
 * Ends the processes that a PostgreSQL on this directory (a real path) left behind: its sessions outlive it while they
 * run a statement, and no other can start meanwhile. Without /proc nothing is done.
 */
export async function endPostgresOn(directory: string): Promise<void> {
  if (process.platform !== 'linux') return
  for (const since = Date.now(); Date.now() - since < END_WITHIN; await delay(20)) {
    const left = readdirSync('/proc').filter(name => /^\d+$/.test(name) && isPostgresOn(Number(name), directory))
    if (left.length === 0) return
    for (const pid of left) endProcess(Number(pid), 'SIGQUIT')
  }
}

/** Sends a signal to a process that may have ended in the meantime. */
export function endProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
