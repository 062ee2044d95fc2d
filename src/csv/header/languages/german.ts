import type { Language } from './language.ts'

export const GERMAN: Language = {
  always: [
    [
      'company',
      `Name des Unternehmens | Unternehmensname | Firmenname | Name der Firma | Firma | Unternehmen | Zugehöriges Unternehmen
      | Primäres zugehöriges Unternehmen | Accountname | Name der Organisation | Organisation - Name | Organisationsname | Arbeitgeber | Betrieb`,
    ],
    [
      'employees',
      'Mitarbeiteranzahl | Anzahl der Mitarbeiter | Anzahl Mitarbeiter | Mitarbeiterzahl | Mitarbeiter | Beschäftigte | Anzahl der Beschäftigten',
    ],
    ['annual_revenue', 'Jahresumsatz | Jährlicher Umsatz | Umsatz'],
    ['total_funding', 'Gesamtfinanzierung'],
    ['industry', 'Branche | Branchen | Industrie'],
    ['keywords', 'Schlüsselwörter | Schlagwörter | Stichwörter'],
    ['technologies', 'Technologien'],
    ['company_address', 'Firmenadresse | Firmenanschrift | Rechnungsadresse | Rechnungsstraße'],
    ['company_city', 'Firmensitz Stadt | Ort Rechnungsanschrift | Rechnungsort'],
    ['company_country', 'Land des Unternehmens | Rechnungsland'],
    ['company_linkedin_url', 'LinkedIn-Unternehmensseite | LinkedIn Unternehmen | LinkedIn-Seite des Unternehmens'],
    ['website', 'Firmenwebsite | Firmenwebseite | Unternehmenswebsite | Website des Unternehmens'],
    ['company_domain', 'Domainname des Unternehmens | Unternehmensdomain | Firmendomain'],
    ['company_phone', 'Telefon Firma | Firmentelefon | Telefon Zentrale | Zentrale'],
    ['first_name', 'Vorname | Vornamen | Rufname'],
    ['last_name', 'Nachname | Familienname | Zuname'],
    [
      'full_name',
      'Vollständiger Name | Vor- und Nachname | Vorname Nachname | Nachname, Vorname | Name, Vorname | Kontaktname | Ansprechpartner | Ansprechpartnerin | Person - Name',
    ],
    [
      'email',
      `E-Mail-Adresse | E-Mail geschäftlich | Geschäftliche E-Mail | E-Mail 1: Adresse | E-Mail 2: Adresse | E-Mail 3: Adresse
      | E-Mail privat | Private E-Mail | Mailadresse`,
    ],
    [
      'title',
      'Positionsbezeichnung | Berufsbezeichnung | Jobtitel | Stellenbezeichnung | Jobbezeichnung | Beruf | Titel',
    ],
    ['departments', 'Abteilung | Abteilungen'],
    ['seniority', 'Karrierestufe | Hierarchieebene'],
    ['stage', 'Lifecycle-Phase | Lifecyclephase | Kontaktphase'],
    ['person_linkedin_url', 'LinkedIn-Profil der Person'],
    [
      'mobile_phone',
      'Mobiltelefonnummer | Mobiltelefon | Mobilnummer | Mobil | Handynummer | Handy | Telefon mobil | Mobiltelefon 2',
    ],
    [
      'work_direct_phone',
      'Durchwahl | Telefon geschäftlich | Telefon geschäftlich 2 | Haupttelefon | Telefon dienstlich | Geschäftliche Telefonnummer',
    ],
    ['home_phone', 'Telefon privat | Telefon privat 2 | Private Telefonnummer | Festnetz'],
    ['other_phone', 'Weiteres Telefon | Andere Telefonnummer'],
  ],
  plain: [
    ['name', 'Name'],
    ['city', 'Stadt | Ort geschäftlich | Ort privat | Weiterer Ort | Postanschrift Ort | Ort | Wohnort'],
    [
      'state',
      `Bundesland | Bundesland/Region | Bundesland/Kanton | Bundesland/Provinz | Region geschäftlich | Bundesland/Kanton privat
      | Weiteres/r Bundesland/Kanton | Kanton`,
    ],
    [
      'country',
      'Land | Land/Region geschäftlich | Land/Region privat | Weiteres/e Land/Region | Land/Region | Länderkennzeichen',
    ],
    ['location', 'Standort'],
    ['address', 'Anschrift | Adresse | Straße | Straße und Hausnummer | Straße Hausnummer'],
    ['phone', 'Telefonnummer | Telefon | Telefonnr. | Tel.-Nr. | Rufnummer | Telefon 1 | Telefon 2'],
    ['website', 'Webseite | Website-URL | Internetseite | Internetadresse | Homepage | Web'],
    ['domain', 'Domainname | Domäne'],
  ],
  ambiguous: [
    ['Contact', 'Kontakt'],
    ['Account', 'Konto'],
    ['Role', 'Rolle | Funktion | Ebene'],
    ['Status', 'Zustand'],
    ['Size', 'Größe'],
    ['Category', 'Kategorie | Kategorien'],
  ],
}
