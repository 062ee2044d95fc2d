/** The part of a pino logger that modules use. `details.err` is an error. */
export interface Log {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}
