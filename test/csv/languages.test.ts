/** Headers in other languages, headers with hints, and files whose header leaves something open. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keysOf } from '../../src/csv/columns.ts'
import { normalizeHeader } from '../../src/csv/header/aliases.ts'
import { LANGUAGES } from '../../src/csv/header/languages/all.ts'
import { PLAIN_KEYS } from '../../src/csv/header/languages/language.ts'
import { type HeaderOptions, readHeader } from '../../src/csv/header/read-header.ts'
import { rowReader } from '../../src/csv/row.ts'

/** Key per column; `?` if ambiguous, `-` if ignored. */
function keysIn(headers: string, options?: HeaderOptions): string[] {
  return readHeader(headers.split(','), options).columns.map(
    ({ key, ignored }) => key ?? (ignored === 'ambiguous' ? '?' : '-'),
  )
}

/** Header: key, separated by ` | `. */
const FILES: Readonly<Record<string, string>> = {
  'German Outlook':
    'Anrede: - | Vorname: first_name | Weitere Vornamen: - | Nachname: last_name | Firma: company | Abteilung: departments | Position: title | Ort geschäftlich: city | Region geschäftlich: state | Land/Region geschäftlich: country | Ort privat: city | Bundesland/Kanton privat: state | Land/Region privat: country | Fax geschäftlich: - | Telefon geschäftlich: work_direct_phone | Telefon Firma: company_phone | Telefon (privat): home_phone | Mobiltelefon: mobile_phone | E-Mail-Adresse: email | E-Mail-Typ: - | E-Mail 2: Adresse: email | Ort: - | Stichwörter: - | Vertraulichkeit: - | Webseite: website',
  'German HubSpot':
    'Datensatz-ID: - | Vorname: first_name | Nachname: last_name | E-Mail: email | Telefonnummer: work_direct_phone | Mobiltelefonnummer: mobile_phone | Unternehmensname: company | Jobbezeichnung: title | Stadt: city | Bundesland/Region: state | Land/Region: country | Lifecycle-Phase: stage | Website-URL: website | Branche: industry | Anzahl der Mitarbeiter: employees | Jahresumsatz: annual_revenue',
  'German HubSpot, companies':
    'Name des Unternehmens: company | Domainname des Unternehmens: company_domain | Telefonnummer: company_phone | Stadt: company_city | Land/Region: company_country | Branche: industry',
  'a German list':
    'Firma: company | Ansprechpartner: full_name | Straße: ? | PLZ: - | Ort: city | Land: country | Telefon: work_direct_phone | Handy: mobile_phone | E-Mail: email | Webseite: website',
  'French Salesforce':
    'Civilité: - | Prénom: first_name | Nom: last_name | Titre: title | Nom du compte: company | Rue (publipostage): - | Ville (publipostage): city | État/Province (publipostage): state | Pays (publipostage): country | Téléphone: work_direct_phone | Mobile: mobile_phone | Adresse e-mail: email | Propriétaire du compte: -',
  'French HubSpot':
    "Prénom: first_name | Nom de famille: last_name | E-mail: email | Numéro de téléphone: work_direct_phone | Nom de l'entreprise: company | Intitulé du poste: title | Ville: city | Pays/Région: country | Secteur d'activité: industry | Nombre d'employés: employees | Chiffre d'affaires annuel: annual_revenue",
  'French LinkedIn':
    'Prénom: first_name | Nom: last_name | URL: person_website | Adresse e-mail: email | Entreprise: company | Poste: title | Connecté le: -',
  'Spanish Zoho':
    'Nombre: first_name | Apellidos: last_name | Nombre de Cuenta: company | Correo electrónico: email | Título: title | Departamento: departments | Teléfono: work_direct_phone | Móvil: mobile_phone | Ciudad de correspondencia: city | Estado de correspondencia: state | País de correspondencia: country | Propietario de Contacto: -',
  'Spanish HubSpot, companies':
    'Nombre de la empresa: company | Nombre de dominio de la empresa: company_domain | Número de teléfono: company_phone | Ciudad: company_city | Estado/Región: company_state | País/Región: company_country | Número de empleados: employees | Ingresos anuales: annual_revenue',
  'Portuguese Pipedrive':
    'Pessoa - Nome: full_name | Organização - Nome: company | Pessoa - E-mail - Trabalho: email | Pessoa - Telefone - Trabalho: work_direct_phone | Pessoa - Telefone - Celular: mobile_phone | Pessoa - Cargo: title | Pessoa - Proprietário: -',
  'a Brazilian list':
    'Nome: first_name | Sobrenome: last_name | Empresa: company | Cargo: title | Cidade: city | Estado: state | País: country | Telefone: work_direct_phone | Celular: mobile_phone | E-mail: email',
  'Italian HubSpot':
    'Nome: first_name | Cognome: last_name | E-mail: email | Numero di telefono: work_direct_phone | Nome azienda: company | Qualifica: title | Città: city | Stato/Regione: state | Paese/Regione: country | Settore: industry | Numero di dipendenti: employees',
  'Italian Outlook':
    'Titolo: title | Nome: first_name | Cognome: last_name | Società: company | Reparto: departments | Posizione: title | Città (uff.): city | Paese (uff.): country | Città (ab.): city | Telefono (uff.): work_direct_phone | Telefono (ab.): home_phone | Cellulare: mobile_phone | Indirizzo posta elettronica: - | Indirizzo e-mail: email',
  'Dutch HubSpot':
    'Voornaam: first_name | Achternaam: last_name | E-mailadres: email | Telefoonnummer: work_direct_phone | Bedrijfsnaam: company | Functietitel: title | Plaats: city | Provincie: state | Land/regio: country | Aantal medewerkers: employees | Jaaromzet: annual_revenue',
  'a Dutch list':
    'Bedrijf: company | Contactpersoon: full_name | Functie: title | Afdeling: departments | Woonplaats: city | Land: country | Mobiel: mobile_phone',
  'Swedish HubSpot':
    'Förnamn: first_name | Efternamn: last_name | E-post: email | Telefonnummer: work_direct_phone | Mobiltelefonnummer: mobile_phone | Företagsnamn: company | Befattning: title | Stad: city | Delstat/region: state | Land/region: country | Livscykelfas: stage | Webbplatsens URL: website | Bransch: industry | Antal anställda: employees | Årsomsättning: annual_revenue',
  'Danish HubSpot':
    'Fornavn: first_name | Efternavn: last_name | E-mail: email | Telefonnummer: work_direct_phone | Virksomhedsnavn: company | Jobtitel: title | By: city | Land/område: country | Branche: industry | Antal medarbejdere: employees | Årlig omsætning: annual_revenue',
  'Norwegian HubSpot':
    'Fornavn: first_name | Etternavn: last_name | E-post: email | Telefonnummer: work_direct_phone | Firmanavn: company | Stillingstittel: title | Poststed: city | Fylke: state | Land: country | Bransje: industry | Antall ansatte: employees',
  'Polish HubSpot':
    'Imię: first_name | Nazwisko: last_name | Adres e-mail: email | Numer telefonu: work_direct_phone | Telefon komórkowy: mobile_phone | Nazwa firmy: company | Stanowisko: title | Miasto: city | Województwo: state | Kraj: country | Branża: industry | Liczba pracowników: employees | Strona internetowa: website',
  'a Polish list of companies':
    'Nazwa: company | Miasto: company_city | Kraj: company_country | Telefon: company_phone | Strona WWW: website | Ulica: company_address',
  'without accents and in capitals':
    'PRENOM: first_name | NOM: last_name | SOCIETE: company | TELEPHONE: work_direct_phone | PAYS: country',
  'a German list with a first name': 'Vorname: first_name | Name: last_name | Firma: company',
}

for (const [file, columns] of Object.entries(FILES))
  test(`${file}: each header is read`, () => {
    const pairs = columns.split(' | ').map(column => /^(.*): (\S+)$/.exec(column)!.slice(1) as [string, string])
    assert.deepEqual(
      readHeader(pairs.map(([header]) => header)).columns.map(
        ({ header, key, ignored }) => `${header}: ${key ?? (ignored === 'ambiguous' ? '?' : '-')}`,
      ),
      pairs.map(([header, key]) => `${header}: ${key}`),
    )
  })

test('a header means the same in all languages, and every key of the tables exists', () => {
  const meanings = new Map<string, Set<string>>()
  for (const { always, plain, ambiguous } of LANGUAGES) {
    for (const [key] of plain) assert.ok(Object.hasOwn(PLAIN_KEYS, key), key)
    const all = [...always, ...plain, ...ambiguous.map(([, headers]) => ['ambiguous', headers] as const)]
    for (const [key, headers] of all)
      for (const header of headers.split('|')) {
        const name = normalizeHeader(header)
        assert.notEqual(name, '', headers)
        meanings.set(name, (meanings.get(name) ?? new Set()).add(key))
      }
  }
  assert.deepEqual(
    [...meanings].filter(([, keys]) => keys.size > 1).map(([name, keys]) => `${name}: ${[...keys].join(' ')}`),
    [],
  )
})

test('hints around a header are ignored', () => {
  const HINTED: Readonly<Record<string, string>> = {
    'First Name [Required]': 'first_name',
    'First Name - required': 'first_name',
    'Last Name required': 'last_name',
    'Last Name (optional)': 'last_name',
    'Last Name*': 'last_name',
    'Nachname (Pflichtfeld)': 'last_name',
    FNAME: 'first_name',
    LNAME: 'last_name',
    'Name (First)': 'first_name',
    'Name (Last)': 'last_name',
    'Email (Primary)': 'email',
    'E-mail (work)': 'email',
    'Email - Personal': 'email',
    'Email Address {text}': 'email',
    'Mobile No.': 'mobile_phone',
    'Cell #': 'mobile_phone',
    'Phone : mobile': 'mobile_phone',
    'Phone (Mobile)': 'mobile_phone',
    'Phone - Home': 'home_phone',
    'Phone [work]': 'work_direct_phone',
    'Tel No': 'work_direct_phone',
    'Contact No.': 'work_direct_phone',
    'Address (City)': 'city',
    'Company (current)': 'company',
    'LinkedIn Company Employee Count': 'employees',
    'LinkedIn Title': 'title',
    'LinkedIn Location': 'location',
    'ZoomInfo Company Name': 'company',
    'Company - HQ City': 'company_city',
    'Organization: Phone Number': 'company_phone',
    'Account: Website URL': 'website',
    'Lead: City': 'city',
    'Contact: Mailing City': 'city',
    'Prospect Email': 'email',
    // These are about somebody or something else.
    'Email (Assistant)': '-',
    'Phone (Fax)': '-',
    'Company (Previous)': '-',
    'Name (Owner)': '-',
    'Company No.': '-',
    'Company Number': '-',
    'Account No': '-',
    'Account Stage': '-',
    'Company Email': '-',
    'LinkedIn Company': '-',
    'LinkedIn Followers': '-',
    'ZoomInfo Company ID': '-',
    'Lead Source': '-',
    'Last Contacted': '-',
    Last: '-',
  }
  for (const [header, key] of Object.entries(HINTED))
    assert.equal(keysIn(`E-mail 3 Address,${header}`).at(-1), key, header)
  assert.deepEqual(keysIn('First,Last,Email'), ['first_name', 'last_name', 'email'])
  assert.deepEqual(keysIn('Name,Symbol,Last'), ['company', '-', '-'])
})

test('a word for a state and a status is the state only beside a city', () => {
  assert.deepEqual(keysIn('Nombre,Apellidos,Estado'), ['first_name', 'last_name', '?'])
  assert.deepEqual(keysIn('Empresa,Ciudad,Estado'), ['company', 'company_city', 'company_state'])
  assert.deepEqual(keysIn('Cognome,Stato'), ['last_name', '?'])
  assert.deepEqual(keysIn('Nom,État,Ville,Pays'), ['company', 'company_state', 'company_city', 'company_country'])
})

/** The values of a row. */
function readRow(headers: string, cells: string): Record<string, string> {
  const meaning = readHeader(headers.split(','))
  const values = rowReader(meaning)(cells.split(','))?.values ?? []
  return Object.fromEntries(values.flatMap((value, at) => (value === undefined ? [] : [[keysOf(meaning)[at]!, value]])))
}

test('a column of country codes is a country, and one of calling codes is not', () => {
  for (const code of ['US', 'DEU', 'gb', 'Germany'])
    assert.deepEqual(readRow('name,country_code', `Acme,${code}`), { company: 'Acme', company_country: code })
  for (const code of ['+49', '1', '0049', '+1 868'])
    assert.deepEqual(readRow('name,country_code', `Acme,${code}`), { company: 'Acme' })
  assert.deepEqual(readRow('Email,Country,Country Code', 'a@x.co,Italy,IT'), { email: 'a@x.co', country: 'Italy' })
})

test('the order of the names in a header is that of its cells', () => {
  for (const header of [
    'Nom Prénom',
    'Nom et prénom',
    'NOM PRENOM',
    'Cognome e nome',
    'Cognome Nome',
    'Nazwisko i imię',
    'Nachname Vorname',
    'Name Vorname',
    'Last Name First Name',
    'Nom Prénom (obligatoire)',
  ])
    assert.deepEqual(
      readRow(`${header},Email`, 'Dupont Jean,a@x.co'),
      { first_name: 'Jean', last_name: 'Dupont', full_name: 'Dupont, Jean', email: 'a@x.co' },
      header,
    )
  for (const header of [
    'Prénom Nom',
    'Prénom et nom',
    'Nome e cognome',
    'Vorname Nachname',
    'Nom complet',
    'Full Name',
  ])
    assert.deepEqual(
      readRow(`${header},Email`, 'Jean Dupont,a@x.co'),
      { first_name: 'Jean', last_name: 'Dupont', full_name: 'Jean Dupont', email: 'a@x.co' },
      header,
    )
})

test('city and country of an address in another language come from the same address', () => {
  const german = 'Nachname,Ort geschäftlich,Land/Region geschäftlich,Ort privat,Land/Region privat'
  assert.deepEqual(readRow(german, 'Ott,Köln,,Wien,Österreich'), { last_name: 'Ott', city: 'Köln' })
  assert.deepEqual(readRow(german, 'Ott,,,Wien,Österreich'), { last_name: 'Ott', city: 'Wien', country: 'Österreich' })
})

test('a file of contacts without a name and an e-mail is refused, unless it is told what it is', () => {
  const refused = ['Etunimi,Sukunimi,Titteli,Job Title,Phone', 'Job Title,Company', 'Person LinkedIn,Etunimi,Yritys']
  for (const headers of refused)
    assert.throws(
      () => readHeader(headers.split(',')),
      ({ code, message }: { code: string; message: string }) => {
        assert.equal(code, 'ERR_INVALID_CSV')
        for (const header of headers.split(',')) assert.ok(message.includes(JSON.stringify(header)), message)
        return /no column with a name or an e-mail/.test(message) && /`mapping`.*`service`/.test(message)
      },
      headers,
    )
  assert.equal(readHeader(['Job Title', 'Company'], { service: 'contact' }).service, 'contact')
  assert.equal(readHeader(['Job Title', 'Company'], { service: 'company' }).service, 'company')
  assert.deepEqual(keysIn('Etunimi,Job Title,Phone', { mapping: { Etunimi: 'first_name' } }), [
    'first_name',
    'title',
    'work_direct_phone',
  ])
  // A list of profiles of which everything is read.
  assert.deepEqual(keysIn('Person LinkedIn URL,Company,Job Title'), ['person_linkedin_url', 'company', 'title'])
})

test("the title is the business's name if no column names a person", () => {
  assert.deepEqual(keysIn('title,category,phone,address,website,emails'), [
    'company',
    '?',
    'company_phone',
    'company_address',
    'website',
    'email',
  ])
  assert.deepEqual(
    keysIn('title,totalScore,reviewsCount,street,city,state,countryCode,website,phone,categoryName,url').slice(0, 9),
    [
      'company',
      '-',
      '-',
      'company_address',
      'company_city',
      'company_state',
      'company_country',
      'website',
      'company_phone',
    ],
  )
  assert.deepEqual(keysIn('title,phone,website'), ['company', 'company_phone', 'website'])
  assert.deepEqual(keysIn('title,phone', { service: 'company' }), ['company', 'company_phone'])
  assert.deepEqual(keysIn('name,homepage_url,country_code,category_list,employee_count,email,phone'), [
    'company',
    'website',
    'company_country',
    'industry',
    'employees',
    'email',
    'company_phone',
  ])
  assert.deepEqual(keysIn('name,place_id,email'), ['company', '-', 'email'])
  assert.deepEqual(keysIn('name,permalink,title,email'), ['full_name', '-', 'title', 'email'])
  assert.deepEqual(keysIn('name,email,phone,address'), ['full_name', 'email', 'work_direct_phone', '?'])
  const JOB_TITLES = [
    'title,email',
    'title,email,website',
    'title,First Name,address',
    'title,Company,email,category',
    'title,Name,address',
    'title,Person LinkedIn URL,website',
    'Job Title,address,email',
    'title,Job Title,email,address',
  ]
  for (const headers of JOB_TITLES) assert.equal(keysIn(headers)[0], 'title', headers)
  assert.deepEqual(readRow('title,address,website,url', 'Acme,1 Main St,,https://www.google.com/maps/place/x'), {
    company: 'Acme',
    company_address: '1 Main St',
  })
})

test('`service` decides for any file what its rows are about', () => {
  assert.deepEqual(keysIn('Name,City,Phone', { service: 'contact' }), ['full_name', 'city', 'work_direct_phone'])
  assert.deepEqual(keysIn('Name,City,Phone', { service: 'company' }), ['company', 'company_city', 'company_phone'])
  assert.deepEqual(keysIn('Company,City,Phone,Email', { service: 'company' }), [
    'company',
    'company_city',
    'company_phone',
    '-',
  ])
  assert.deepEqual(keysIn('Name,LinkedIn', { service: 'contact' }), ['full_name', 'person_linkedin_url'])
  assert.equal(readHeader(['uuid', 'city'], { service: 'contact' }).form, 'fields')
  assert.throws(() => readHeader(['uuid', 'first_name'], { service: 'company' }), {
    code: 'ERR_INVALID_CSV',
    message: /export of contacts, but `service` is "company"/,
  })
})
