/**
 * The token that `connectra reindex` gives to a row of the feed, as SQL. An index whose position has the old token is built again. Unlike
 * after a restore, the row is still the same change, so everything before it is in the old index.
 */
export function reindexedToken(token: string): string {
  return `md5('reindexed ' || (${token})::text)::uuid`
}
