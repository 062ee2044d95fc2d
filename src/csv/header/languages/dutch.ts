import type { Language } from './language.ts'

export const DUTCH: Language = {
  always: [
    [
      'company',
      `Bedrijfsnaam | Naam bedrijf | Naam van bedrijf | Bedrijf | Gekoppeld bedrijf | Accountnaam | Naam organisatie | Organisatienaam | Organisatie - Naam
      | Organisatie | Werkgever | Huidig bedrijf | Onderneming`,
    ],
    ['employees', 'Aantal medewerkers | Aantal werknemers | Medewerkers | Werknemers'],
    ['annual_revenue', 'Jaaromzet | Jaarlijkse omzet | Omzet'],
    ['total_funding', 'Totale financiering'],
    ['industry', 'Bedrijfstak | Sector bedrijf | Industrieën'],
    ['keywords', 'Trefwoorden'],
    ['technologies', 'Technologieën'],
    ['company_address', 'Bedrijfsadres | Factuuradres | Adres bedrijf'],
    ['company_city', 'Plaats bedrijf | Vestigingsplaats | Factuurplaats'],
    ['company_country', 'Land bedrijf | Factuurland'],
    ['company_linkedin_url', 'LinkedIn-bedrijfspagina | LinkedIn bedrijf'],
    ['website', 'Bedrijfswebsite | Website bedrijf'],
    ['company_domain', 'Bedrijfsdomein | Domeinnaam bedrijf'],
    ['company_phone', 'Hoofdtelefoon bedrijf | Telefoon bedrijf | Bedrijfstelefoon | Telefoonnummer bedrijf'],
    ['first_name', 'Voornaam | Voornamen | Roepnaam'],
    ['last_name', 'Achternaam | Familienaam'],
    [
      'full_name',
      'Volledige naam | Voor- en achternaam | Naam contactpersoon | Contactpersoon | Contactnaam | Persoon - Naam',
    ],
    [
      'email',
      'E-mailadres | E-mailadres werk | Zakelijk e-mailadres | Zakelijke e-mail | E-mail werk | E-mailadres 2 | E-mailadres 3 | Privé e-mail | E-mail privé',
    ],
    ['title', 'Functietitel | Functieomschrijving | Functienaam | Beroep | Functie'],
    ['departments', 'Afdeling | Afdelingen'],
    ['seniority', 'Senioriteit | Senioriteitsniveau'],
    ['stage', 'Levenscyclusfase | Lifecyclefase'],
    [
      'mobile_phone',
      'Mobiele telefoon | Mobiel nummer | Mobiel | Mobiel telefoonnummer | Gsm | Gsm-nummer | Mobiele telefoonnummer',
    ],
    [
      'work_direct_phone',
      'Direct nummer | Doorkiesnummer | Telefoon op werk | Telefoon op werk 2 | Telefoon werk | Telefoon zakelijk | Zakelijke telefoon | Hoofdtelefoon',
    ],
    ['home_phone', 'Telefoon thuis | Telefoon thuis 2 | Telefoon privé | Vaste telefoon'],
    ['other_phone', 'Andere telefoon | Overige telefoon'],
  ],
  plain: [
    ['name', 'Naam'],
    ['city', 'Woonplaats | Plaats | Plaatsnaam | Werkadres, plaats | Huisadres, plaats | Ander adres, plaats'],
    ['state', 'Provincie | Staat/regio | Staat/provincie | Werkadres, provincie | Huisadres, provincie'],
    ['country', 'Land | Land/regio | Werkadres, land/regio | Huisadres, land/regio | Landcode'],
    ['location', 'Locatie | Vestiging'],
    ['address', 'Adres | Straat | Straat en huisnummer | Volledig adres'],
    ['phone', 'Telefoonnummer | Telefoon | Telefoonnr.'],
    ['website', 'Website-URL | Webpagina'],
    ['domain', 'Domein | Domeinnaam'],
  ],
  ambiguous: [
    ['Role', 'Niveau | Rol'],
    ['Size', 'Grootte | Omvang'],
    ['Category', 'Categorie | Categorieën'],
  ],
}
