/** Whether the data directory can be used. */
import { access, constants, statfs } from 'node:fs/promises'
import type { Config } from '../../config.ts'
import { unusable } from '../../database/data-directory.ts'
import { type Found, warning } from './report.ts'

const LOW_SPACE = 1024 ** 3

export async function lookAtDirectory({ dataDir, databaseUrl, s3Bucket }: Config): Promise<Found> {
  const found = await statfs(dataDir).catch(error => {
    if (error.code === 'ENOENT') return null
    throw unusable(dataDir, error)
  })
  if (found === null) {
    // Each process may have another DATA_DIR, in which nothing is stored.
    if (databaseUrl !== null && s3Bucket.length > 0) return `${dataDir} does not exist; nothing is stored there`
    return warning(`${dataDir} does not exist yet: the server creates it when it starts`)
  }
  await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK).catch(error => {
    throw unusable(dataDir, error)
  })
  const free = found.bavail * found.bsize
  const shown = `${(free / 1024 ** 3).toFixed(1)} GB free`
  if (free < LOW_SPACE) throw new Error(`${dataDir} has ${shown}: free some disk space, imports and PostgreSQL need it`)
  return `${dataDir}, ${shown}`
}
