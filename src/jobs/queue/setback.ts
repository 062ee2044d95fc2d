/** What stops a job for a time only, while the database still answers: it waits for it, and uses no retry. */

/** What people see of each, with what to do. */
const OBSTACLES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk of the files is full; make room, the job goes on by itself',
  EDQUOT: 'the disk quota of the files is used up; raise it or make room, the job goes on by itself',
  '53100': 'the disk of the database is full; make room, the job goes on by itself',
  '53200': 'the database is out of memory; the job goes on by itself',
  '53300': 'the database takes no more connections; the job goes on by itself',
  '55P03': 'other work holds the same records; the job goes on by itself',
  '57014': 'the database cancelled a statement, by its statement_timeout perhaps; the job goes on by itself',
  '40001': 'other work holds the same records; the job goes on by itself',
  '40P01': 'other work holds the same records; the job goes on by itself',
}

/** Null when `error` is of another kind. */
export function describeSetback(error: unknown): string | null {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' && Object.hasOwn(OBSTACLES, code) ? OBSTACLES[code]! : null
}
