/**
 * The server names itself in signed URLs as it is known outside (PUBLIC_URL). The page may send requests only to where it came
 * from, which is the same server, and the signature does not depend on the host. URLs of an object store are left as they are.
 * `base`: the address of the console, with a slash at its end.
 */
export function ownAddress(url: string, base: string): string {
  const { pathname, search, searchParams } = new URL(url, base)
  const path = /\/(files\/[^/]+\/[^/]+)$/.exec(pathname)?.[1]
  return path !== undefined && searchParams.has('signature') && searchParams.has('expires') ? base + path + search : url
}
