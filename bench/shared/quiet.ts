/** A log of what should not happen. */
export const quiet = { debug() {}, info() {}, warn: console.error, error: console.error }
