/** What the operating system says about other processes. */
import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'

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
