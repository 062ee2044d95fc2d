/** The headers of a download, which make browsers save the file under a plain name and never run it. */

/** The file name without its uuid and run number, in both forms of RFC 6266. */
export function disposition(key: string): string {
  const name = key.slice(key.indexOf('/') + 1).replace(/^[0-9a-f-]{36}(?:-\d+)?_/, '')
  const ascii = name.replace(/[^\x20-\x7e]|["\\]/g, '_')
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

/** Never a type that a browser would execute, because the uploader chooses the name and thus the type. */
export function contentType(key: string): string {
  const extension = /\.[a-z]+$/i.exec(key)?.[0].toLowerCase()
  return CONTENT_TYPES.get(extension ?? '') ?? 'application/octet-stream'
}

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['.csv', 'text/csv; charset=utf-8'],
  ['.ndjson', 'application/x-ndjson'],
  // Not a Content-Encoding, so that browsers save the compressed file.
  ['.gz', 'application/gzip'],
])
