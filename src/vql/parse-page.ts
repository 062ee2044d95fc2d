/** `page` and `limit`: which part of the result is returned. */
import { failure, readInteger } from '../json/read.ts'

export const DEFAULT_LIMIT = 25
export const MAX_LIMIT = 100
/** The number of rows that can be reached with `page`. Rows beyond it are reached with the cursor. */
export const MAX_REACH = 10_000

/** 0 means not given. Throws ERR_INVALID_VALUE, ERR_PAGE_SIZE_EXCEEDED, ERR_PAGE_OUT_OF_RANGE. */
export function parsePage(json: { readonly page: unknown; readonly limit: unknown }): { page: number; limit: number } {
  const limit = readInteger(json.limit, 'limit', 0) || DEFAULT_LIMIT
  const page = readInteger(json.page, 'page', 0) || 1
  if (limit > MAX_LIMIT) {
    throw failure(
      'ERR_PAGE_SIZE_EXCEEDED',
      'limit',
      `must be at most ${MAX_LIMIT}, not ${limit}; use the cursor for more rows`,
    )
  }
  if (page * limit > MAX_REACH) {
    const message = `page * limit must be at most ${MAX_REACH}; to go further, send the cursor of the last row instead`
    throw failure('ERR_PAGE_OUT_OF_RANGE', 'page', message)
  }
  return { page, limit }
}
