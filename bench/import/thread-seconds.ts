/** Processor time of threads by name. Linux only: proc_pid_stat(5). */
import { globSync, readFileSync } from 'node:fs'

/** Linux counts in hundredths of a second, and keeps 15 characters of a name. */
const TICKS = 100
const NAME_LENGTH = 15

/** Processor seconds of the threads with these names in a process. */
export function threadSeconds(pid: number, ...names: readonly string[]): number {
  const wanted = new Set(names.map(name => name.slice(0, NAME_LENGTH)))
  let ticks = 0
  for (const path of globSync(`/proc/${pid}/task/*/stat`)) {
    const text = readFileSync(path, 'latin1')
    if (!wanted.has(text.slice(text.indexOf('(') + 1, text.lastIndexOf(')')))) continue
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks / TICKS
}
