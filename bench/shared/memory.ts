/** Resident memory of processes. */
import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Memory is measured this many milliseconds after the work, when the process has returned freed memory to the system. */
export const SETTLE_MS = 10_000

/** As bin/connectra.js and `npm start` set it. */
export const ALLOCATOR = { GLIBC_TUNABLES: 'glibc.malloc.mmap_threshold=262144:glibc.malloc.hugetlb=1' } as const

export interface Memory {
  /** Megabytes resident now. */
  readonly resident: number
  /** Highest resident megabytes so far, summed over the peaks of all processes. */
  readonly peak: number
}

/** Megabytes resident in this process. */
export function residentMegabytes(): number {
  return Math.round(process.memoryUsage.rss() / 1e6)
}

/** Memory of a process and its descendants. Linux only: proc_pid_status(5). */
export function memoryOf(pid: number): Memory {
  const parents = new Map<number, number>()
  for (const path of globSync('/proc/[0-9]*/status')) {
    const parent = statusField(path, 'PPid')
    if (parent !== null) parents.set(Number(dirname(path).slice('/proc/'.length)), parent)
  }
  const belongs = (candidate: number): boolean =>
    candidate === pid || (parents.has(candidate) && belongs(parents.get(candidate)!))
  const paths = [...parents.keys()].filter(belongs).map(member => `/proc/${member}/status`)
  const sum = (name: string) => paths.reduce((total, path) => total + ((statusField(path, name) ?? 0) * 1024) / 1e6, 0)
  return { resident: sum('VmRSS'), peak: sum('VmHWM') }
}

/** Null if the process has ended. */
function statusField(path: string, name: string): number | null {
  try {
    return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(readFileSync(path, 'latin1'))?.[1] ?? 0)
  } catch {
    return null
  }
}
