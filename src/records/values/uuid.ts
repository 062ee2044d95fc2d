/** Separate from clean.ts, which loads the data about phones and domains. A thread that only needs this file starts 0.1 s sooner. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Any 8-4-4-4-12 of hex digits, in either case. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}
