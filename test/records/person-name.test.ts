/** Names of people: what belongs to no name is cut and reported, and what looks like it is kept. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRow } from '../../src/records/parse/parse-row.ts'
import { cleanNamePart, lastNameFirst, splitFullName } from '../../src/records/values/person-name.ts'

/** `first | last | cut, cut` */
function split(text: string): string {
  const { first, last, cut } = splitFullName(text)
  return [first ?? '', last ?? '', ...(cut.length > 0 ? [cut.join(', ')] : [])].join(' | ')
}

const FULL: Readonly<Record<string, string>> = {
  'Ada Byron': 'Ada | Byron',
  Cher: 'Cher | ',
  'Ada Augusta Byron': 'Ada Augusta | Byron',
  'Doe, John': 'John | Doe',
  'DOE, JOHN': 'JOHN | DOE',
  'Doe, John Q.': 'John Q. | Doe',
  'Doe, Jr., John': 'John | Doe | Jr.',
  'Doe, John, Jr.': 'John | Doe | Jr.',
  'Doe, Dr. John': 'John | Doe | Dr.',
  'Dr. John Doe Jr.': 'John | Doe | Dr., Jr.',
  'Prof. Dr. Anna Ott': 'Anna | Ott | Prof. Dr.',
  'Dr. med. Anna Ott': 'Anna | Ott | Dr. med.',
  'Mr John Doe': 'John | Doe | Mr',
  'Mme Marie Curie': 'Marie | Curie | Mme',
  'Sra. Ana Núñez': 'Ana | Núñez | Sra.',
  'Rev. John Doe': 'John | Doe | Rev.',
  'John Doe III': 'John | Doe | III',
  'John Doe, PhD': 'John | Doe | PhD',
  'John Doe Ph.D.': 'John | Doe | Ph.D.',
  'John Doe Ph. D.': 'John | Doe | Ph. D.',
  'Ada Byron, PhD, MBA': 'Ada | Byron | PhD, MBA',
  'Ada Byron MBA': 'Ada | Byron | MBA',
  'Ada Byron, CSCP': 'Ada | Byron | CSCP',
  'Ada Byron MD': 'Ada | Byron | MD',
  'Ada Byron, M.D.': 'Ada | Byron | M.D.',
  'Kim, DO': 'Kim |  | DO',
  'John Doe Esq.': 'John | Doe | Esq.',
  'John Doe, Esq': 'John | Doe | Esq',
  'Ada Byron (she/her)': 'Ada | Byron | (she/her)',
  'Ada Byron [Acme]': 'Ada | Byron | [Acme]',
  'Ada Byron 🚀': 'Ada | Byron | 🚀',
  '🇬🇧 Ada Byron ⭐️⭐️': 'Ada | Byron | 🇬🇧, ⭐️⭐️',
  'Ada 👩🏽‍💻 Byron': 'Ada | Byron | 👩🏽‍💻',
  'Ada Byron (née Gordon)': 'Ada | Byron | (née Gordon)',
  'Ada Byron | Growth': 'Ada | Byron | Growth',
  'Ada Byron • Head of Growth': 'Ada | Byron | Head of Growth',
  'Ada Byron – Growth': 'Ada | Byron | Growth',
  'Ada Byron - Head of Growth': 'Ada | Byron | Head of Growth',
  'Ada Byron - CEO': 'Ada | Byron | CEO',
  'Ada Byron @ Acme': 'Ada | Byron | @ Acme',
  '"Ada Byron"': 'Ada | Byron',
  '(Ada Byron)': 'Ada | Byron',
  'Ada Byron,': 'Ada | Byron',
  '| Ada Byron': 'Ada | Byron',
  'Ludwig van Beethoven': 'Ludwig | van Beethoven',
  'LUDWIG VAN BEETHOVEN': 'LUDWIG | VAN BEETHOVEN',
  'ludwig van beethoven': 'ludwig | van beethoven',
  'Beethoven, Ludwig van': 'Ludwig | van Beethoven',
  'van Beethoven, Ludwig': 'Ludwig | van Beethoven',
  'Otto von Bismarck': 'Otto | von Bismarck',
  'Ursula von der Leyen': 'Ursula | von der Leyen',
  'Oscar de la Hoya': 'Oscar | de la Hoya',
  'Leonardo da Vinci': 'Leonardo | da Vinci',
  'Benicio del Toro': 'Benicio | del Toro',
  'Maria da Silva Santos': 'Maria | da Silva Santos',
  'Mohammed bin Salman': 'Mohammed | bin Salman',
  'Mohammed Bin Rashid Al Maktoum': 'Mohammed | Bin Rashid Al Maktoum',
  'Dodi Al Fayed': 'Dodi | Al Fayed',
  'Ana De Silva': 'Ana | De Silva',
  'Marine Le Pen': 'Marine | Le Pen',
  'Anna Maria Di Paolo': 'Anna Maria | Di Paolo',
  'Mohamed Ali Ben Salah': 'Mohamed Ali | Ben Salah',
  'Dr. h.c. Anna Ott': 'Anna | Ott | Dr. h.c.',
  "Gerard 't Hooft": "Gerard | 't Hooft",
  'José Ortega y Gasset': 'José | Ortega y Gasset',
  'Edson Arantes do Nascimento': 'Edson Arantes | do Nascimento',
  'Jill St. John': 'Jill | St. John',
  'von Neumann': ' | von Neumann',
  'De Silva': ' | De Silva',
  'de la Cruz': ' | de la Cruz',
  'Dr.Ada Byron': 'Ada | Byron | Dr.',
  'Mr. & Mrs. Smith': 'Smith |  | Mr. & Mrs.',
  'Vries, de, Jos': 'Jos | de Vries',
  'Berg, van der, Jan': 'Jan | van der Berg',
  'Ada Byron, she/her': 'Ada | Byron | she/her',
  'Ada Byron she/her': 'Ada | Byron | she/her',
  'Ada Byron, Head of Growth': 'Ada | Byron | Head of Growth',
  'Ada Byron, PhD Candidate': 'Ada | Byron | PhD Candidate',
  'Ada Byron, Acme GmbH': 'Ada | Byron | Acme GmbH',
  'Ada Byron, Acme Inc.': 'Ada | Byron | Acme Inc.',
  'Ada Byron, Sales Manager': 'Ada | Byron | Sales Manager',
  'Ada Byron 2nd': 'Ada | Byron | 2nd',
  'Ada Byron / Acme': 'Ada | Byron | Acme',
  'Ada Byron (Acme': 'Ada | Byron | (Acme',
  'Dr. Ludwig van der Berg, PhD': 'Ludwig | van der Berg | PhD, Dr.',
}

test('a full name is split, without what belongs to no name', () => {
  for (const [text, expected] of Object.entries(FULL)) assert.equal(split(text), expected, text)
})

/** Names that look like titles, suffixes or particles. */
const KEPT: Readonly<Record<string, string>> = {
  'Van Morrison': 'Van | Morrison',
  'Bin Li': 'Bin | Li',
  'Al Gore': 'Al | Gore',
  'Ben Affleck': 'Ben | Affleck',
  'Del Shannon': 'Del | Shannon',
  'Von Miller': 'Von | Miller',
  'Stephen King': 'Stephen | King',
  'Faith Prince': 'Faith | Prince',
  'Judge Reinhold': 'Judge | Reinhold',
  'Dean Martin': 'Dean | Martin',
  'Major Applewhite': 'Major | Applewhite',
  'Col Needham': 'Col | Needham',
  'John Esq': 'John | Esq',
  'Yo-Yo Ma': 'Yo-Yo | Ma',
  'Kim Do': 'Kim | Do',
  'Thi Lan DO': 'Thi Lan | DO',
  'Kim, Do': 'Do | Kim',
  'Smith, AJ': 'AJ | Smith',
  'Smith, J.R.': 'J.R. | Smith',
  'Ada Mba': 'Ada | Mba',
  'Wang Meng': 'Wang | Meng',
  'WANG, MENG': 'MENG | WANG',
  'Demba Ba': 'Demba | Ba',
  'Rahman Md': 'Rahman | Md',
  'M. Night Shyamalan': 'M. Night | Shyamalan',
  'M.S. Dhoni': 'M.S. | Dhoni',
  'D.R. Horton': 'D.R. | Horton',
  'M.R. Ali Khan': 'M.R. Ali | Khan',
  'Nguyen Thi Le Hang': 'Nguyen Thi Le | Hang',
  'Salinger J.D.': 'Salinger | J.D.',
  'Neymar Junior': 'Neymar | Junior',
  'García López, Ana María': 'Ana María | García López',
  'Company, Ada': 'Ada | Company',
  'Peter Senior': 'Peter | Senior',
  'María del Carmen García': 'María del Carmen | García',
  'María de los Ángeles López': 'María de los Ángeles | López',
  'Nguyen Van Hung': 'Nguyen Van | Hung',
  'li na': 'li | na',
  'do kim': 'do | kim',
  'Ana García - López': 'Ana García - | López',
  'Gal·la Placídia': 'Gal·la | Placídia',
  'Jean-Luc Picard': 'Jean-Luc | Picard',
  'Ramesh Kumar V': 'Ramesh Kumar | V',
  Jr: 'Jr | ',
  PhD: 'PhD | ',
  Mr: 'Mr | ',
  'Dr.': 'Dr. | ',
  '🚀': '🚀 | ',
  '-': '- | ',
  王小明: '王小明 | ',
}

test('names that look like titles, suffixes or particles are kept', () => {
  for (const [text, expected] of Object.entries(KEPT)) assert.equal(split(text), expected, text)
})

test('a first or last name with a column of its own loses what belongs to no name', () => {
  const LAST: Readonly<Record<string, string>> = {
    'Byron (née Gordon)': 'Byron',
    'Byron, PhD, MBA': 'Byron',
    'Byron | Growth': 'Byron',
    'Byron 🚀': 'Byron',
    'Byron (she/her)': 'Byron',
    'Doe Jr.': 'Doe',
    'Doe, Jr': 'Doe',
    'Doe III': 'Doe',
    'Smith MD': 'Smith',
    'Smith, M.D.': 'Smith',
    'van Beethoven PhD': 'van Beethoven',
    'Byron, CPA, CFA®': 'Byron',
    'Byron MSc': 'Byron',
    'Dr. Byron': 'Byron',
  }
  for (const [text, name] of Object.entries(LAST)) assert.equal(cleanNamePart(text, 'last').name, name, text)
  const FIRST: Readonly<Record<string, string>> = {
    'Dr. Ada': 'Ada',
    'Prof. Dr. Ada': 'Ada',
    'Mrs Ada': 'Ada',
    'Ada (Addie)': 'Ada',
    '★ Ada ★': 'Ada',
    'Ada 🎉': 'Ada',
    'Ada,': 'Ada',
    'Herr Otto': 'Otto',
    'Ada [she/her]': 'Ada',
    'Capt. Ada': 'Ada',
    'Ada, Dr.': 'Ada',
  }
  for (const [text, name] of Object.entries(FIRST)) {
    const found = cleanNamePart(text, 'first')
    assert.equal(found.name, name, text)
    if (text !== 'Ada,') assert.notEqual(found.cut.length, 0, text)
  }
  const SAME = [
    ...[
      'King',
      'Prince',
      'Esq',
      'De Silva',
      'Van Hollen',
      'Ma',
      'Do',
      'Jr',
      'PhD',
      'III',
      'Mc Donald',
      'O’Neill',
      "D'Angelo",
      'Di Maria',
      'Ben Ali',
    ],
    ...[
      'St. John',
      'de la Cruz',
      'von und zu Guttenberg',
      'García y López',
      'Smith-Jones',
      'Mba',
      'Meng',
      '-',
      '?',
      '李',
      'J.',
    ],
    ...['Doe, John', 'Castro Md', 'Al Maktoum', 'Bin Li', 'Le', 'Lee Ann', 'Dr', 'Sr', 'M.S. Ann', 'D.R.'],
  ]
  for (const text of SAME) {
    assert.deepEqual(cleanNamePart(text, 'last'), { name: text, cut: [] }, text)
    assert.deepEqual(cleanNamePart(text, 'first'), { name: text, cut: [] }, text)
  }
})

test('a full name that begins with the last name is turned around', () => {
  const NAMES: Readonly<Record<string, string>> = {
    'Dupont Jean': 'Jean | Dupont',
    'Dupont, Jean': 'Jean | Dupont',
    'DUPONT Jean': 'Jean | DUPONT',
    'DUPONT MARTIN Jean Paul': 'Jean Paul | DUPONT MARTIN',
    'DUPONT JEAN': 'JEAN | DUPONT',
    'Dupont Jean Paul': 'Jean Paul | Dupont',
    'De Rossi Mario': 'Mario | De Rossi',
    'van der Berg Jan': 'Jan | van der Berg',
    'Dr. Dupont Jean': 'Jean | Dupont | Dr.',
    'Kowalska-Nowak Anna': 'Anna | Kowalska-Nowak',
    'Dupont Jean (he/him)': 'Jean | Dupont | (he/him)',
    ' Dupont  Jean ': 'Jean | Dupont',
    Dupont: 'Dupont | ',
    DUPONT: 'DUPONT | ',
    'Dupont J.': 'J. | Dupont',
    'Jean DUPONT': 'Jean | DUPONT',
    'J. Dupont': 'J. | Dupont',
    'De Rossi': ' | De Rossi',
    王小明: '王小明 | ',
  }
  for (const [text, expected] of Object.entries(NAMES)) assert.equal(split(lastNameFirst(text)), expected, text)
})

test('a row reports what is cut off its names', () => {
  const { contact, warnings } = parseRow({ first_name: 'Dr. Ada', last_name: 'Byron, PhD', email: 'a@x.co' }, 7)
  assert.deepEqual([contact!.values.first_name, contact!.values.last_name], ['Ada', 'Byron'])
  assert.deepEqual(warnings, [
    {
      index: 7,
      field: 'first_name',
      code: 'ERR_INVALID_VALUE',
      message: 'first_name "Dr. Ada": "Dr." is not part of the name; left out',
    },
    {
      index: 7,
      field: 'last_name',
      code: 'ERR_INVALID_VALUE',
      message: 'last_name "Byron, PhD": "PhD" is not part of the name; left out',
    },
  ])
  const only = parseRow({ first_name: 'Mrs.', last_name: 'Byron', email: 'a@x.co' }, 0)
  assert.deepEqual([only.contact!.values.first_name, only.warnings.length], [undefined, 1])
  const kept = parseRow({ first_name: 'Mr', last_name: 'Beast', email: 'a@x.co' }, 0)
  assert.deepEqual([kept.contact!.values.first_name, kept.warnings.length], ['Mr', 0])
  assert.equal(parseRow({ first_name: 'Dr.', email: 'a@x.co' }, 0).contact!.values.first_name, 'Dr.')
  for (const initials of ['D.R.', 'M.S.', 'M.R.']) {
    const { contact: person, warnings: none } = parseRow(
      { first_name: initials, last_name: 'Horton', email: 'a@x.co' },
      0,
    )
    assert.deepEqual([person!.values.first_name, none.length], [initials, 0])
  }
})
