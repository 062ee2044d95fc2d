/**
 * Finds records that are the same although their names differ. Identity strips characters that are neither letters nor digits
 * from the ends of names, and so also the vowel signs of विजया and the signs of C++.
 */

export interface NameWatch {
  /** Whether the record was seen before with other marks at the ends of its names. `marks`: see `strippedMarks`. */
  differs(uuid: string, marks: string): boolean
  forget(): void
}

/** For one request, or one batch of a file. */
export function watchNames(): NameWatch {
  const seen = new Map<string, string>()
  return {
    differs(uuid, marks) {
      const before = seen.get(uuid)
      seen.set(uuid, marks)
      return before !== undefined && before !== marks
    },
    forget: () => seen.clear(),
  }
}

const LAST = /[\p{L}\p{Nd}][^\p{L}\p{Nd}]*$/u
const MARKS = /^.([\p{M}+#]+)/su
/** Ends with an ASCII letter or digit, as most names do. */
const PLAIN = /[A-Za-z0-9]$/

/** The marks, `+` and `#` after the last letter or digit of a name, which its identity lacks. Mostly an empty string. */
export function strippedMarks(name: unknown): string {
  if (typeof name !== 'string' || PLAIN.test(name)) return ''
  const last = LAST.exec(name)?.[0]
  return last === undefined ? '' : (MARKS.exec(last)?.[1] ?? '')
}
