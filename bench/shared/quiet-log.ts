/** A log that prints only what a benchmark does not expect. */
export const quietLog = { debug() {}, info() {}, warn: console.error, error: console.error }
