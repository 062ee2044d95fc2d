/**
 * Writes migrations/0005_country_code.sql, whose function has the names of countries of records/values/countries.ts. A released
 * migration does not change. To add names later, write a new migration with this function and with an update of all rows.
 */
import { writeFile } from 'node:fs/promises'
import { knownCountries, regionOf, spellings } from '../src/records/values/countries.ts'

const WIDTH = 240

/** `{"name":"CODE",…}`, in lines. */
function jsonLines(entries: readonly (readonly [string, string])[]): string {
  const lines = ['']
  for (const [index, [name, code]] of entries.entries()) {
    const entry = `${JSON.stringify(name)}:${JSON.stringify(code)}${index + 1 < entries.length ? ',' : ''}`
    if (lines.at(-1)!.length + entry.length > WIDTH) lines.push('')
    lines[lines.length - 1] += entry
  }
  return `{${lines.join('\n')}}`
}

const names = new Map(knownCountries())
// Most countries are written like this.
for (const [name] of spellings(['en'])) {
  const region = regionOf(name)
  if (region !== null)
    names.set(
      name.replace(/[A-Z]/g, letter => letter.toLowerCase()),
      region,
    )
}
const sorted = [...names].sort(([a], [b]) => (a < b ? -1 : 1))

/** Countries with many companies. Their names take 0.5 µs instead of the 2 µs of a function in PL/pgSQL. */
const frequent =
  'US GB CA IN DE FR AU NL BR ES IT SE CH PL MX BE SG IE DK NO AT FI PT ZA AE IL JP CN NZ TR AR CO CL'.split(' ')
const english = new Intl.DisplayNames('en', { type: 'region' })
const frequentNames = frequent.map(code => [english.of(code)!.toLowerCase(), code] as const)

const sql = `-- The ISO 3166-1 alpha-2 code of a country, if it has a known name, code or spelling. The names are those of
-- src/records/values/countries.ts in lower case, with nothing but their letters; English names also as they are written, so that they
-- are found in one step. Written by scripts/country-codes.ts.
CREATE FUNCTION country_code_of(country text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  name text := lower(country COLLATE "C");
  code text;
BEGIN
  FOR attempt IN 1 .. 2 LOOP
    code := '${jsonLines(sorted).replaceAll("'", "''")}'::jsonb ->> name;
    EXIT WHEN code IS NOT NULL OR length(country) > 200;
    name := replace(lower(normalize(country, NFKD) COLLATE "und-x-icu"), '&', 'and');
    name := regexp_replace(name COLLATE "und-x-icu", '[^[:alpha:]]', '', 'g');
  END LOOP;
  -- n/a and N.A. are no country.
  RETURN CASE WHEN name <> 'na' OR length(btrim(country)) = 2 THEN code END;
END $$;

${['companies', 'contacts']
  .map(
    table => `-- The most frequent countries are found without calling the function.
ALTER TABLE ${table} ADD COLUMN country_code text COLLATE "C" GENERATED ALWAYS AS (coalesce(
'${jsonLines(frequentNames)}'::jsonb ->> lower(country COLLATE "C"), country_code_of(country))) STORED;
`,
  )
  .join('\n')}`

await writeFile(new URL('../migrations/0005_country_code.sql', import.meta.url), sql)
