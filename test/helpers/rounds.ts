/**
 * The number of rounds of a random test: a short one for `npm test`, which has to end within minutes, and a full one for
 * `npm run test:thorough`.
 */
export function rounds(short: number, thorough: number): number {
  return process.env.TEST_THOROUGH ? thorough : short
}
