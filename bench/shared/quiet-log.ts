/** A log that prints only warnings and errors, as a benchmark expects none. */
export const quietLog = { debug() {}, info() {}, warn: console.error, error: console.error }
