import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFieldCells, parseRow } from '../../src/records/parse/parse-row.ts'
import { FIELD_KEYS } from '../../src/records/parse/row-keys.ts'
import { valueInCell } from '../../src/records/values/row-cell.ts'
import { isPlaceholder } from '../../src/records/values/tables/placeholder.ts'

test('what people and programs write for a missing value is a placeholder', () => {
  const placeholders =
    `N/A|n/a|NA|n.a.|N.A|N / A|N\\A|N-A|na|None|none|NONE|-None-|--None--|nan|NaN|-nan|<NA>|null|NULL|Null|(null)|[null]|<null>|nil
    |\\N|undefined|[object Object]|(No value)|no value|Not Found|not available|Not Applicable|NOT PROVIDED|[not provided]|Not specified
    |Unknown|(unknown)|(blank)|(empty)|missing|TBD|tba|to be determined|No data|no email|No Phone|n.d.|S/D|k.A.|keine Angabe
    |nicht verfügbar|unbekannt|Non renseigné|inconnu|sin datos|No disponible|não informado|sconosciuto|onbekend|okänd|brak danych|н/д
    |нет данных|不明|なし|-|--|---|–|—|_|.|...|…|?|??|*|/|#|########|#########################################################################
    |#N/A|#NA|#NV|#NOM?|#NAME?|#REF!|#VALUE!|#DIV/0!|#NUM!|#NULL!|#ERROR!|#SPILL!|#CALC!|#WERT!|#BEZUG!|#VALEUR!|#¡VALOR!|#¿NOMBRE?
    |#N/D|#RIF!|#WAARDE!|#VÆRDI!|#ARG!|Err:502|err:508|1.#IND| N/A |\u00a0-\u00a0|"N/A"|'null'|n/a.|Loading...|http://|https://
    |HTTP://WWW.|Please select|- Please Select -|--Select one--|(none selected)|Bitte wählen|0000-00-00`.split(/\s*\|/)
  for (const cell of placeholders)
    for (const key of ['title', 'email', 'industry', 'company', 'employees', 'mobile_phone', 'city'])
      assert.ok(isPlaceholder(cell, key), `${cell} as ${key}`)
})

test('names, countries, places and statuses keep values that elsewhere are placeholders', () => {
  const kept: readonly (readonly [key: string, cell: string])[] = [
    ['country', 'NA'],
    ['company_country', 'NA'],
    ['country', 'na'],
    ['last_name', 'Null'],
    ['last_name', 'None'],
    ['last_name', 'Nil'],
    ['last_name', 'Blank'],
    ['last_name', 'Keine'],
    ['first_name', 'Na'],
    ['first_name', 'Nan'],
    ['company', 'Nil'],
    ['company', 'NIL'],
    ['company', 'None Such Records'],
    ['company', 'Null Island Coffee'],
    ['company', 'The Unknown'],
    ['company', 'Blank'],
    ['company', 'Freelance Union'],
    ['company', 'C'],
    ['company', '#1'],
    ['company', '#NAME'],
    ['company', '1-800-DENTIST'],
    ['company', 'NV Energy'],
    ['company', 'ND'],
    ['city', 'Nan'],
    ['state', 'ND'],
    ['state', 'NV'],
    ['country', 'NO'],
    ['email_status', 'Unavailable'],
    ['email_status', 'unknown'],
    ['stage', 'Missing'],
    ['latest_funding', 'Undisclosed'],
    ['title', 'Freelance'],
    ['title', 'Student'],
    ['title', 'C++'],
    ['keywords', 'http'],
    ['company', 'Select'],
    ['company', 'Select Comfort'],
    ['last_raised_at', '2000-01-01'],
    ['website', 'http://x'],
    ['title', 'None of your business'],
    ['employees', '0'],
    ['company_phone', '+1'],
    ['keywords', 'null handling'],
    ['title', ''],
    ['title', ' '],
  ]
  for (const [key, cell] of kept) assert.ok(!isPlaceholder(cell, key), `${cell} as ${key}`)
  const none: readonly (readonly [key: string, cell: string])[] = [
    ['country', 'N/A'],
    ['country', 'None'],
    ['last_name', 'null'],
    ['last_name', 'NULL'],
    ['last_name', 'NaN'],
    ['last_name', '-None-'],
    ['last_name', 'Unknown'],
    ['last_name', 'not provided'],
    ['last_name', '.'],
    ['first_name', '#NAME?'],
    ['full_name', 'None'],
    ['company', 'nil'],
    ['email_status', 'N/A'],
    ['stage', '-None-'],
  ]
  for (const [key, cell] of none) assert.ok(isPlaceholder(cell, key), `${cell} as ${key}`)
})

test('people without a company have none', () => {
  const names =
    `Self-employed|Self Employed|SELF-EMPLOYED|self employed.|Freelance|Freelancer|(Freelance)|Unemployed|Retired|Student
    |Independent Contractor|Looking for opportunities|Open to Work|Career Break|Stealth Startup|Stealth Mode|Confidential|Selbstständig
    |Selbständig|Freiberufler|Arbeitslos|Auto-entrepreneur|Indépendant|À la recherche d’un emploi|Autónomo|Libero professionista
    |Autônomo|ZZP'er|Egenföretagare|Samozatrudniony|Самозанятый|フリーランス|N/A`.split(/\s*\|/)
  for (const company of names) {
    const { company: none, contact, warnings } = parseRow({ company, email: 'ada@x.example' }, 3)
    assert.equal(none, null, company)
    assert.deepEqual(contact!.values, { email: 'ada@x.example' })
    assert.deepEqual(
      warnings.map(({ index, field, code }) => [index, field, code]),
      [[3, 'company', 'ERR_PLACEHOLDER']],
    )
  }
})

test('a placeholder in a row overwrites nothing, is in no identity and is reported', () => {
  const row = {
    first_name: 'Ada',
    last_name: 'N/A',
    person_linkedin_url: 'N/A',
    email: '-',
    title: 'None',
    employees: 'n/a',
  }
  const { contact, warnings } = parseRow(
    { ...row, mobile_phone: '+4930901820', company_id: '#N/A', keywords: ['N/A'] },
    1,
  )
  assert.deepEqual(contact!.values, { first_name: 'Ada', mobile_phone: '+4930901820' })
  assert.deepEqual(contact!.uuid, parseRow({ first_name: 'Ada', mobile_phone: '+4930901820' }, 1).contact!.uuid)
  assert.deepEqual(warnings.map(({ field, code }) => `${code} ${field}`).sort(), [
    'ERR_MISSING_IDENTITY keywords',
    'ERR_PLACEHOLDER company_id',
    'ERR_PLACEHOLDER email',
    'ERR_PLACEHOLDER employees',
    'ERR_PLACEHOLDER last_name',
    'ERR_PLACEHOLDER person_linkedin_url',
    'ERR_PLACEHOLDER title',
  ])
  assert.equal(
    warnings.find(({ field }) => field === 'title')!.message,
    'title "None" is a placeholder; it counts as empty',
  )
  assert.equal(parseRow({ last_name: 'Null' }, 0).contact!.values.last_name, 'Null')
})

test('a value in one of our own exports is no placeholder', () => {
  const cells = FIELD_KEYS.company.map(key => ({ uuid: '', name: 'N/A', city: '-' })[key] ?? undefined)
  const { company, warnings } = parseFieldCells('company', cells, 0)
  assert.equal(company!.values.name, 'N/A')
  assert.deepEqual(
    warnings.map(({ code }) => code),
    ['ERR_WEAK_IDENTITY'],
  )
})

test('formulas and links around a value go', () => {
  const link = '=HYPERLINK("https://ada.example/x","Ada")'
  const cells: readonly (readonly [cell: string, key: string, value: string | null])[] = [
    ['="+442079460958"', 'mobile_phone', '+442079460958'],
    ['="ada@x.example"', 'email', 'ada@x.example'],
    ['="00123"', 'title', '00123'],
    ['= "Ada"', 'first_name', 'Ada'],
    ['="say ""hi"""', 'title', 'say "hi"'],
    ['=T("Ada")', 'first_name', 'Ada'],
    ['=+442079460958', 'mobile_phone', '+442079460958'],
    ['=5', 'employees', '5'],
    ['=""', 'title', ''],
    ['="N/A"', 'title', null],
    ['="-"', 'email', null],
    [link, 'website', 'https://ada.example/x'],
    [link, 'person_linkedin_url', 'https://ada.example/x'],
    [link, 'first_name', 'Ada'],
    [link, 'company', 'Ada'],
    ['=HYPERLINK("https://ada.example/x";"Ada")', 'title', 'Ada'],
    ['=hyperlink( "https://ada.example/x" , "Ada" )', 'company_domain', 'https://ada.example/x'],
    ['=HYPERLINK("https://ada.example/x")', 'title', 'https://ada.example/x'],
    ['=HYPERLINK("mailto:ada@x.example","ada@x.example")', 'email', 'mailto:ada@x.example'],
    ['=HYPERLINK("https://ada.example/x",A2)', 'website', 'https://ada.example/x'],
    ['=LIEN_HYPERTEXTE("https://ada.example/x";"Ada")', 'first_name', 'Ada'],
    ['=HYPERLINK("tel:+442079460958","+44 20 7946 0958")', 'mobile_phone', '+44 20 7946 0958'],
    ['<https://ada.example>', 'website', 'https://ada.example'],
    ['<ada@x.example>', 'email', 'ada@x.example'],
    ['<https://ada.example|Ada>', 'website', 'https://ada.example'],
    ['<https://ada.example|Ada>', 'title', 'Ada'],
    ['<a href="https://ada.example">Ada</a>', 'website', 'https://ada.example'],
    ['<a class="x" href=\'https://ada.example\'><b>Ada</b></a>', 'title', 'Ada'],
    ['[Ada](https://ada.example)', 'website', 'https://ada.example'],
    ['[Ada](https://ada.example "Title")', 'first_name', 'Ada'],
    ['[](https://ada.example)', 'title', 'https://ada.example'],
    ['[a](https://w.example/Ada_(x))', 'person_website', 'https://w.example/Ada_(x)'],
    ['[https://ada.example]', 'website', 'https://ada.example'],
    ['="<https://ada.example>"', 'website', 'https://ada.example'],
    [' ="Ada" ', 'first_name', 'Ada'],
    // Values that stay
    ['[draft] plan', 'title', '[draft] plan'],
    ['["a", "b"]', 'keywords', '["a", "b"]'],
    ['[Ada]', 'first_name', '[Ada]'],
    ['<3 startups', 'title', '<3 startups'],
    ['=SUM(A1:A2)', 'title', '=SUM(A1:A2)'],
    ['=x', 'title', '=x'],
    ['=cmd()', 'email', '=cmd()'],
    ['a = "b"', 'title', 'a = "b"'],
    [' Ada', 'first_name', ' Ada'],
    ['(Ada)', 'first_name', '(Ada)'],
    ['Ada "the first" King', 'first_name', 'Ada "the first" King'],
  ]
  for (const [cell, key, value] of cells) assert.equal(valueInCell(cell, key), value, `${cell} as ${key}`)
  const long = `="${'"'.repeat(100_000)}`
  assert.equal(valueInCell(long, 'title'), long)
  assert.equal(
    parseRow({ email: '="ada@x.example"', company: '=HYPERLINK("x","Acme")' }, 0).company!.values.name,
    'Acme',
  )
})
