/** The console: the web page of this server. `npm run build:console` builds it. */
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Two folders up from the source and from the compiled code, in `dist`. */
export const CONSOLE_DIRECTORY = fileURLToPath(new URL('../../console/dist/', import.meta.url))

/** Whether the console is built. */
export async function hasConsole(directory: string = CONSOLE_DIRECTORY): Promise<boolean> {
  return await access(join(directory, 'index.html')).then(
    () => true,
    () => false,
  )
}
