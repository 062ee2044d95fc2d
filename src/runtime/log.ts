/** Where a part writes what happens: a logger of pino's, or less. `err` among the details is an error. */
export interface Log {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}
