/** The part of a pino logger that modules use. An error goes into the details as `err`. */
export interface Log {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}
