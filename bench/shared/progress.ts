/** Progress of a long run, on standard error. */

/** Returns a function that prints a line with the seconds since this call. */
export function startProgress(): (line: string) => void {
  const started = performance.now()
  return line => console.error(`${((performance.now() - started) / 1000).toFixed(1)} s: ${line}`)
}
