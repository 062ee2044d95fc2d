/** What the operating system knows of other processes, by their id. */
import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'

/**
 * What tells a process from a later one with the same id: when it was started. Null when there is no such process,
 * or only what is left of one that ended (a zombie).
 */
export function processIdentity(pid: number): string | null {
  try {
    if (process.platform !== 'linux') {
      const [state, ...started] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
        .trim()
        .split(/\s+/)
      return state?.startsWith('Z') ? null : started.join(' ')
    }
    // proc_pid_stat(5): the name stands in parentheses and may hold anything; state is the 3rd field, start time the 22nd.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? null : fields[19]!
  } catch {
    return null
  }
}

/**
 * Is it a PostgreSQL server on this directory (a real path)? After a crash the id in a `postmaster.pid` may be
 * anybody's, another PostgreSQL's included. Null: the system does not tell.
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
