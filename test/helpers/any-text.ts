import fc from 'fast-check'

const LAST = 0x10ffff
const SURROGATES = { from: 0xd800, to: 0xdfff }

/** A character of any code point except surrogates, with the first ones, which have all the syntax, more often. */
const character = fc
  .oneof(fc.nat(0x7f), fc.nat(0x2fff), fc.nat(LAST - (SURROGATES.to - SURROGATES.from + 1)))
  .map(point => String.fromCodePoint(point < SURROGATES.from ? point : point + SURROGATES.to - SURROGATES.from + 1))

/**
 * Texts of any characters, as `fc.string({ unit: 'binary' })` gives them. That one takes two seconds of every process, for a
 * table of all code points.
 */
export function anyText(
  length: { readonly minLength?: number; readonly maxLength?: number } = {},
): fc.Arbitrary<string> {
  return fc.string({ unit: character, ...length })
}
