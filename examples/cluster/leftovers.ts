/** Parts of an earlier run that go on after `npm run cluster` was killed. A second PostgreSQL must not use the same data. */
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

/** The message that says how to end those that use `directory`; null if there are none. `shown`: how to name the directory. */
export function describeLeftovers(directory: string, shown: string): string | null {
  const found = namesOfPids(directory).flatMap(([name, pid]) => (isIn(directory, pid) ? [{ name, pid }] : []))
  if (found.length === 0) return null
  const names = found.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ')
  const files = found.map(({ name }) => join(shown, `${name}.pid`)).join(' ')
  return `parts of an earlier run still use this folder: ${names}. If \`npm run cluster\` is running, press Ctrl-C there. Otherwise end them with: kill -INT $(cat ${files})`
}

function namesOfPids(directory: string): (readonly [string, number])[] {
  try {
    const files = readdirSync(directory).filter(file => file.endsWith('.pid'))
    return files.sort().map(file => [file.slice(0, -4), Number(readFileSync(join(directory, file), 'utf8'))])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Whether the process works in the directory or below it. The number may belong to another program by now. */
function isIn(directory: string, pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${realpathSync(directory)}/`)
  } catch {
    // It has ended, or belongs to somebody else.
    return false
  }
}
