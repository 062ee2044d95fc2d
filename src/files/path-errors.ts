/** Errors about paths in plain words, without the codes of the system. */
import { dirname } from 'node:path'

type Doing = 'read' | 'write' | 'use'

/** What is wrong with `path` when an attempt to read, write or use it fails with this code. */
const PROBLEMS: Readonly<Record<string, (path: string, doing: Doing) => string>> = {
  ENOENT: (path, doing) => (doing === 'write' ? `there is no directory ${dirname(path)}` : `there is no file ${path}`),
  EACCES: (path, doing) => `no permission to ${doing} ${path}`,
  EPERM: (path, doing) => `no permission to ${doing} ${path}`,
  EISDIR: path => `${path} is a directory, not a file`,
  ENOTDIR: path => `a part of the path ${path} is a file, not a directory`,
  ELOOP: path => `${path} is a symbolic link that leads back to itself`,
  ENAMETOOLONG: path => `the name ${path} is too long`,
  EROFS: path => `${path} is on a read-only file system`,
  ENOSPC: path => `no space is left on the disk of ${path}`,
  EDQUOT: path => `your disk quota is used up: ${path} cannot be written`,
  EFBIG: path => `${path} is larger than its file system allows`,
  ETXTBSY: path => `${path} is a program that is running`,
}

/** Describes an error of the file system. Null if it is another error. `path`: by default the one in the error. */
export function describePathError(error: unknown, doing: Doing, path?: string): string | null {
  const { code = '', path: failed } = error as NodeJS.ErrnoException
  const name = path ?? failed
  return name === undefined ? null : (PROBLEMS[code]?.(name, doing) ?? null)
}

/** The message of the system without its code and call: `no space left on device`. */
export function plainReason(error: unknown): string {
  return (error as Error).message.replace(/^E[A-Z0-9]+: /, '').replace(/, \w+( '.*')?$/, '')
}
