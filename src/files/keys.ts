/** The keys of objects: `<prefix>/<name>`, one level deep. */
import { randomUUID } from 'node:crypto'
import { ConnectraError } from '../errors.ts'

export const PREFIXES = ['uploads', 'exports', 'rejects', 'warnings'] as const

/** A name has no separators, no control or other invisible characters and no leading dot. */
const KEY = /^(?:uploads|exports|rejects|warnings)\/([^./\\\p{C}][^/\\\p{C}]*)$/u
/** The limit of file systems. */
const MAX_NAME_BYTES = 255
/** Leaves space for the UUID, and for what a client's system appends to the name of a downloaded file. */
const MAX_BASENAME_BYTES = 150

export function isKey(key: unknown): key is string {
  if (typeof key !== 'string') return false
  const name = KEY.exec(key)?.[1]
  return name !== undefined && Buffer.byteLength(name) <= MAX_NAME_BYTES
}

/** Returns the key. ERR_INVALID_VALUE if it is not valid. */
export function checkedKey(key: string): string {
  if (isKey(key)) return key
  throw new ConnectraError(
    'ERR_INVALID_VALUE',
    `"${key}" is not a valid key: a key is ${PREFIXES.join('/, ')}/ followed by a name without slashes`,
  )
}

/** The folder of a prefix of keys, and the beginning of the names. ERR_INVALID_VALUE if no key can begin so. */
export function splitPrefix(prefix: string): readonly [folder: string, start: string] {
  const folder = PREFIXES.find(folder => prefix.startsWith(`${folder}/`))
  if (folder !== undefined) return [folder, prefix.slice(folder.length + 1)]
  throw new ConnectraError(
    'ERR_INVALID_VALUE',
    `"${prefix}" is not a valid prefix: a key begins with ${PREFIXES.join('/, ')}/`,
  )
}

/** Returns a new unique key: `uploads/<uuid>_<safe basename of filename>`. */
export function uploadKey(filename: string): string {
  return `uploads/${randomUUID()}_${safeBasename(filename)}`
}

/** In front of the UUID in the keys of files that the command line uploaded. */
export const COMMAND_UPLOADS = 'uploads/command-'

/** The same for a file of the command line. Nobody else knows the key, so the file is deleted once its job has ended. */
export function commandUploadKey(filename: string): string {
  return `${COMMAND_UPLOADS}${randomUUID()}_${safeBasename(filename)}`
}

/** The last part of a path, reduced to letters, digits, `-`, `_` and `.`. A long name is shortened before its extension. */
function safeBasename(filename: string): string {
  const last = filename.split(/[/\\]/).at(-1)!.toWellFormed().normalize('NFC')
  const safe = last.replace(/[^\p{L}\p{N}\p{M}._-]+/gu, '_').replace(/^[._]+/, '') || 'file'
  const extension = /\.[^.]{1,10}$/u.exec(safe)?.[0] ?? ''
  return (
    firstBytes(safe.slice(0, safe.length - extension.length), MAX_BASENAME_BYTES - Buffer.byteLength(extension)) +
    extension
  )
}

/** The longest beginning of a text that has at most `most` bytes, without a part of a character. */
function firstBytes(text: string, most: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= most) return text
  let end = most
  // Bytes of the form 10xxxxxx continue a character.
  while ((bytes[end]! & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}
