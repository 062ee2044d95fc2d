/** Temporary obstacles while the database still responds. The job waits until they are gone, without using a retry. */
import { StoreUnavailable } from '../../files/unavailable.ts'

/** By SQLSTATE or system error code: the message for people, with what to do. */
const OBSTACLES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk of the files is full: free some space, the job then continues by itself',
  EDQUOT: 'the disk quota of the files is used up: raise it or free some space, the job then continues by itself',
  '53100': 'the disk of the database is full: free some space, the job then continues by itself',
  '53200': 'the database is out of memory; the job will continue by itself',
  '53300': 'the database accepts no more connections; the job will continue by itself',
  '55P03': 'the records are locked by other work; the job will continue by itself',
  '57014': 'the database cancelled a statement, possibly because of statement_timeout; the job will continue by itself',
  '40001': 'the records are locked by other work; the job will continue by itself',
  ERR_DATABASE_TIMEOUT: 'the database did not answer in time; the job will continue by itself',
  '40P01': 'the records are locked by other work; the job will continue by itself',
}

/** Returns the message about a temporary obstacle; null if `error` is not one. */
export function describeSetback(error: unknown): string | null {
  if (error instanceof StoreUnavailable)
    return `the file storage is unavailable (${error.reason}); the job will continue by itself`
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined
  return typeof code === 'string' && Object.hasOwn(OBSTACLES, code) ? OBSTACLES[code]! : null
}
