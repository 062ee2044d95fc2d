/** Characters. */
const SHOWN = 1_000

/** The end of what a command that failed has written. `error` is what `execFile` rejects with. */
export function lastWords(error: unknown): string {
  const { stderr = '', stdout = '', message } = error as { stderr?: string; stdout?: string; message: string }
  const written = stderr.trim() || stdout.trim() || message
  return written.length > SHOWN ? `…${written.slice(-SHOWN)}` : written
}
