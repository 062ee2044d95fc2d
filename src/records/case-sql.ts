/**
 * The rules of values/clean.ts, values/case.ts and text/case.ts as SQL, with ICU, because the built-in collation with simple case mapping
 * (`pg_c_utf8`) is new in PostgreSQL 17. `text` is an expression that is cheap to repeat.
 */
const ICU = 'COLLATE "und-x-icu"'

/** The capitals of Georgian are younger (2018) than the ICU of some distributions, including our embedded PostgreSQL. */
const GEORGIAN = 'აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰჱჲჳჴჵჶჷჸჹჺჽჾჿ'
const GEORGIAN_CAPITALS = GEORGIAN.toUpperCase()

/** ICU's full mapping differs from the simple one in İ and in a final Σ. */
function lowerMapped(text: string, capitals: string, letters: string): string {
  return `normalize(lower(translate(${text}, 'İΣ${capitals}', 'iσ${letters}') ${ICU}), NFC)`
}

function lowerAny(text: string): string {
  return lowerMapped(text, GEORGIAN_CAPITALS, GEORGIAN)
}

/** The same as `lowerCase`. ASCII takes 0.3 µs, other text 5 µs; translating Georgian in all of it would take 10. */
export function lowerSql(text: string): string {
  return `CASE WHEN octet_length(${text}) = length(${text}) THEN lower(${text} COLLATE "C")
    WHEN ${text} ~ '[Ა-Ჿ]' THEN ${lowerAny(text)} COLLATE "C" ELSE ${lowerMapped(text, '', '')} COLLATE "C" END`
}

function hasBothCasesSql(text: string): string {
  const cased = `translate(${text}, 'ß${GEORGIAN}', '')`
  return `(${text} <> lower(${text} ${ICU}) COLLATE "C" AND ${cased} <> upper(${cased} ${ICU}) COLLATE "C")`
}

/**
 * The same as `keepsSpelling`. Neither text may be NULL. As short as possible: the statement that merges a batch, which is planned
 * every time, has up to nine of these.
 */
export function keepsSpellingSql(stored: string, incoming: string): string {
  return `${lowerAny(stored)} = ${lowerAny(incoming)} AND (${hasBothCasesSql(stored)} OR NOT ${hasBothCasesSql(incoming)})`
}
