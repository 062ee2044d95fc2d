/** Keeps Unicode normalization in linear time. */

/** The limit of the stream-safe text format (UAX #15, section 13). No language uses more than a handful of marks in a row. */
const MAX_MARKS = 30
const LONG_RUN = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, 'gu')

/**
 * Cuts every run of combining marks after the first 30. Call it before `normalize`, which sorts each run of marks in quadratic
 * time: 100,000 marks took 1.5 s.
 */
export function boundMarks(text: string): string {
  return text.length <= MAX_MARKS ? text : text.replace(LONG_RUN, '$1')
}
