import { createRequire } from 'node:module'

interface PackageJson {
  readonly version: string
  readonly description: string
}

/** The package's own package.json. It is one folder up from the source and from the compiled code, in `dist`. */
export const packageJson: PackageJson = createRequire(import.meta.url)('../package.json')
