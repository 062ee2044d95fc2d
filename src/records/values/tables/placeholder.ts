/**
 * What people and programs write into a cell that has no value. The table depends on the field: there are people named Null
 * and None, and NA is Namibia. Only for rows and files: a JSON record says null.
 */

/** Written by programs, in lower case. No field has such a value, apart from the exceptions below. */
const OF_PROGRAMS = `
  n/a | n.a | n.a. | n. a | na | n\\a | n-a | n / a | #n/a | #na | #n/a n/a | n/a n/a | nan | -nan | nan nan | nat | none | none none
  | null | null null | (null) | nil | \\n | undefined | undefined undefined | object object | [object object] | 1.#ind | -1.#ind
  | please select | select one | select an option | please choose | choose one | none selected | not selected | nothing selected
  | bitte wählen | bitte auswählen | keine auswahl | 0000-00-00 | 00/00/0000 | http:// | https:// | http://www. | https://www. | 1.#qnan | -1.#qnan | n/d | n.d | s/d | n/c | k.a | k. a | k.a. | k/a | n/v | i/t | n/b | н/д | n.v.t | n.v.t. | nvt
  | #name? | #ref! | #value! | #div/0! | #num! | #null! | #error! | #spill! | #calc! | #busy! | #field! | #getting_data
  | #blocked! | #connect! | #unknown! | #external! | #python! | #timeout! | #dim! | #cycle! | #loading... | loading...
  | #nv | #wert! | #bezug! | #zahl! | #überlauf! | #fehlt | #fehler!
  | #nom? | #valeur! | #nombre! | #nul! | #propagation! | #erreur!
  | #¡valor! | #¿nombre? | #¡ref! | #¡div/0! | #¡num! | #¡nulo! | #¡error! | #¡desbordamiento! | #n/d | #valor! | #nome? | #núm! | #nulo!
  | #valore! | #rif! | #nullo! | #errore! | #n/b | #waarde! | #verw! | #naam? | #getal! | #leeg! | #deel/0!
  | #saknas! | #värdefel! | #referens! | #namn? | #division/0! | #ogiltigt! | #skärning! | #spill
  | #i/t | #værdi! | #navn? | #reference! | #verdi! | #n/d! | #arg! | #adr! | #nazwa? | #liczba! | #zero! | #adr
  | ${Array.from({ length: 40 }, (_, at) => `err:${500 + at}`).join(' | ')}`

/** Written by people. Some are values of a status: an e-mail address may be `Unavailable`. */
const OF_PEOPLE = `
  no value | no data | no info | no information | no data available | no answer | not found | not available | not applicable
  | not provided | not specified | not disclosed | not given | not set | not known | not listed | not entered | not assigned
  | not public | information not available | data not available | unknown | unspecified | undisclosed | unavailable | missing
  | missing value | empty | blank | tbd | tba | tbc | to be determined | to be confirmed | no name | no last name | no first name
  | no company | no title | no email | no email found | no email address | email not found | no phone | no phone number
  | phone not found | no website | no linkedin | no url | none provided | none found | none listed | none given
  | keine | keine angabe | keine angaben | nicht verfügbar | nicht bekannt | unbekannt | nicht angegeben | entfällt
  | aucun | aucune | non disponible | non renseigné | non communiqué | inconnu | sans objet
  | ninguno | ninguna | sin datos | sin información | no disponible | no aplica | desconocido | no especificado
  | nenhum | nenhuma | não informado | não disponível | não se aplica | desconhecido | sem informação
  | nessuno | nessuna | non disponibile | non applicabile | sconosciuto
  | geen | niet beschikbaar | niet van toepassing | onbekend | okänd | saknas | ingen | ej tillgänglig | ukendt | ukjent
  | brak | brak danych | nieznany | nie dotyczy | нет | нет данных | неизвестно | 不明 | 無 | 无 | なし | 未知 | 未設定 | 없음 | 해당 없음`

/** Written by people without a company. Each would become one company that all of them share. */
const NO_COMPANY = `
  self-employed | self employed | selfemployed | self | myself | freelance | freelancer | freelancing | free lance | independent
  | independent contractor | independent consultant | independent professional | contractor | unemployed | currently unemployed
  | not employed | not currently employed | not working | between jobs | in between jobs | between opportunities | job seeker
  | jobseeker | looking for work | looking for a job | looking for opportunities | looking for new opportunities
  | seeking opportunities | seeking new opportunities | seeking employment | actively looking | open to work | open to opportunities
  | career break | sabbatical | retired | retiree | homemaker | housewife | student | no employer | stealth | stealth mode
  | stealth startup | stealth start-up | stealth mode startup | stealth company | confidential | confidential company
  | selbständig | selbstständig | selbstaendig | selbststaendig | freiberuflich | freiberufler | freiberuflerin | arbeitslos
  | arbeitssuchend | arbeitsuchend | rentner | indépendant | independant | indépendante | auto-entrepreneur | autoentrepreneur
  | auto entrepreneur | travailleur indépendant | profession libérale | sans emploi | en recherche d'emploi
  | à la recherche d'un emploi | retraité | autónomo | autonomo | autónoma | por cuenta propia | trabajador independiente
  | desempleado | desempleada | en búsqueda activa | jubilado | libero professionista | lavoratore autonomo | disoccupato | disoccupata
  | pensionato | autônomo | autônoma | desempregado | desempregada | aposentado | zelfstandig | zelfstandige | zzp | zzp'er | zzper
  | werkloos | werkzoekend | gepensioneerd | egenföretagare | egen företagare | frilans | frilansare | arbetslös | arbetssökande
  | pensionär | selvstændig | selvstændig erhvervsdrivende | arbejdsløs | selvstendig | selvstendig næringsdrivende
  | arbeidsledig | samozatrudniony | samozatrudnienie | wolny strzelec | bezrobotny | bezrobotna | emeryt
  | самозанятый | фрилансер | фриланс | безработный | 自由职业 | 自由职业者 | 個人事業主 | フリーランス | 無職 | 프리랜서 | 무직`

type Origin = 'programs' | 'people' | 'no company'

/** In lower case, with single spaces. */
const TABLE: ReadonlyMap<string, Origin> = new Map<string, Origin>([
  ...wordsOf(NO_COMPANY).map(word => [word, 'no company'] as const),
  ...wordsOf(OF_PEOPLE).map(word => [word, 'people'] as const),
  ...wordsOf(OF_PROGRAMS).map(word => [word, 'programs'] as const),
])

function wordsOf(words: string): readonly string[] {
  return words.split(' | ').map(word => word.trim())
}

/** Not names, with or without capitals. */
const NEVER_NAMES = new Set(['undefined', 'unknown', 'unspecified', 'undisclosed', 'unavailable'])
/** Some companies have these names. */
const COMPANY_NAMES = new Set(['nil', 'blank', 'empty', 'missing', 'tba', 'self'])

type Role = 'name' | 'company' | 'country' | 'place' | 'status'

/** Fields with exceptions, by row key. */
const ROLES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ...(['first_name', 'last_name'] as const).map(key => [key, 'name'] as const),
  ...(['company', 'company_name_for_emails'] as const).map(key => [key, 'company'] as const),
  ...(['country', 'company_country'] as const).map(key => [key, 'country'] as const),
  ...(['city', 'state', 'company_city', 'company_state'] as const).map(key => [key, 'place'] as const),
  ...(['email_status', 'stage', 'seniority', 'latest_funding'] as const).map(key => [key, 'status'] as const),
])

/** `-`, `???`, `########`. */
const MARKS = `-‐‑‒–—―−_.…·?¿*/\\|~#=+:;,'"\`´‘’“”()<>[]{}`
const ONLY_MARKS = /^[\s\-‐‑‒–—―−_.…·?¿*/\\|~#=+:;,'"`´‘’“”()<>[\]{}]+$/u
const AROUND = /^[\s\-–—_*.:|'"“”‘’()<>[\]{}]+|[\s\-–—_*.:|'"“”‘’()<>[\]{}]+$/gu

/**
 * By the first and the last character of a text, which of its lengths a placeholder has. A cell is looked up in the tables only
 * if it has the ends and the length of a placeholder, which few values do.
 */
const LENGTHS = new Int32Array(128 * 128)
/** By the last seven bits of a character: MARK, SPACE or 0. Other characters with the same bits only cost a lookup. */
const ENDS = new Uint8Array(128)
const MARK = 1
const SPACE = 2

for (const word of TABLE.keys())
  for (const first of casesOf(word[0]!))
    for (const last of casesOf(word.at(-1)!)) LENGTHS[slotOf(first, last)]! |= lengthBit(word.length)
for (const mark of MARKS) ENDS[mark.charCodeAt(0) & 127]! |= MARK
// The no-break space has the same bits as the space.
for (let code = 0; code <= 32; code++) ENDS[code]! |= SPACE

function casesOf(character: string): readonly number[] {
  return [character.charCodeAt(0), character.toUpperCase().charCodeAt(0)]
}

function slotOf(first: number, last: number): number {
  return ((first & 127) << 7) | (last & 127)
}

/** All lengths from 31 on share a bit. */
function lengthBit(length: number): number {
  return 1 << Math.min(length, 31)
}

/** In characters, except for `########`. */
const LONGEST = 60
const DOT = 46

/** Whether the cell of this row key says that there is no value. A blank cell is not a placeholder. */
export function isPlaceholder(cell: string, key: string): boolean {
  const { length } = cell
  if (length === 0 || (length > LONGEST && cell[0] !== '#')) return false
  const first = cell.charCodeAt(0)
  const last = cell.charCodeAt(length - 1)
  const begins = ENDS[first & 127]!
  const ends = ENDS[last & 127]!
  const mayBe =
    (LENGTHS[slotOf(first, last)]! & lengthBit(length)) !== 0 ||
    (begins & ends & MARK) !== 0 ||
    ((begins | ends) & SPACE) !== 0 ||
    (last === DOT && (LENGTHS[slotOf(first, cell.charCodeAt(length - 2))]! & lengthBit(length - 1)) !== 0)
  return mayBe && isNone(cell.trim(), key)
}

/** `text` is trimmed. */
function isNone(text: string, key: string): boolean {
  if (text.length > LONGEST) return /^#+$/.test(text)
  if (text === '') return false
  const word = text.toLowerCase()
  if (isListed(word, key)) return !isException(text, word, key)
  const begins = ENDS[text.charCodeAt(0) & 127]!
  const ends = ENDS[text.charCodeAt(text.length - 1) & 127]!
  if ((begins & ends & MARK) !== 0 && ONLY_MARKS.test(text)) return true
  const inner = ((begins | ends) & MARK) !== 0 ? word.replace(AROUND, '') : word
  return (inner !== word || UNUSUAL.test(word)) && isListed(inner.replace(/\s+/gu, ' ').replaceAll('’', "'"), key)
}

/** White space other than single spaces, typographic apostrophes. */
const UNUSUAL = /\s\s|[\t-\r\u00a0’]/u

function isListed(word: string, key: string): boolean {
  switch (TABLE.get(word)) {
    case undefined:
      return false
    case 'programs':
      return true
    case 'people':
      return ROLES.get(key) !== 'status'
    case 'no company':
      return key === 'company'
  }
}

const CAPITALISED = /^\p{Lu}\p{Ll}+$/u

/** Whether a listed word is a value here. Programs write `None`, too, but not for a missing last name alone. */
function isException(text: string, word: string, key: string): boolean {
  switch (ROLES.get(key)) {
    case 'name':
      return CAPITALISED.test(text) && !NEVER_NAMES.has(word)
    case 'company':
      return /^\p{Lu}/u.test(text) && COMPANY_NAMES.has(word)
    case 'country':
      return word === 'na'
    case 'place':
      // A province of Thailand.
      return text === 'Nan'
    default:
      return false
  }
}
