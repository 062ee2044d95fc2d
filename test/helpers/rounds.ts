/**
 * How often a test repeats what it draws at random: `npm test` has minutes for all of them, `npm run test:thorough` goes
 * through every round.
 */
export function rounds(short: number, thorough: number): number {
  return process.env.TEST_THOROUGH ? thorough : short
}
