/** Title case for values that are stored in lower case, such as places and seniorities. */

/** The first letter of each word. If an apostrophe and a longer word follow it directly, also the first letter of that word. */
const FIRST_LETTERS = /(?<![\p{L}\p{M}\p{N}'’])(\p{L})(?:(['’])(\p{L})(?=\p{L}))?/gu
/** French and Italian articles and prepositions stay small within a name: Côte d'Ivoire, but L'Aquila. */
const ELIDED = /[dl]/

/** Capitals stay. An underscore separates words, as in `c_suite`. */
export function titleCase(text: string): string {
  return text
    .replace(/_+/g, ' ')
    .trim()
    .replace(FIRST_LETTERS, (_, letter: string, apostrophe = '', next = '', offset: number) => {
      const isElided = offset > 0 && apostrophe !== '' && ELIDED.test(letter)
      return (isElided ? letter : letter.toUpperCase()) + apostrophe + next.toUpperCase()
    })
}
