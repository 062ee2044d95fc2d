import type { Language } from './language.ts'

export const ITALIAN: Language = {
  always: [
    [
      'company',
      `Nome azienda | Nome dell'azienda | Azienda | Società | Nome società | Ragione sociale | Nome account | Nome organizzazione | Nome dell'organizzazione
      | Organizzazione - Nome | Organizzazione | Azienda associata | Azienda attuale | Datore di lavoro | Impresa | Ditta`,
    ],
    ['employees', 'Numero di dipendenti | Numero dipendenti | N. dipendenti | Dipendenti | Addetti'],
    ['annual_revenue', 'Fatturato annuo | Fatturato | Ricavi annuali | Ricavo annuo'],
    ['total_funding', 'Finanziamento totale'],
    ['industry', 'Settore | Settore di attività | Settori | Industria'],
    ['keywords', 'Parole chiave'],
    ['technologies', 'Tecnologie'],
    ['company_address', `Indirizzo azienda | Indirizzo dell'azienda | Indirizzo di fatturazione`],
    ['company_city', `Città azienda | Città dell'azienda | Città di fatturazione`],
    ['company_state', `Provincia dell'azienda`],
    ['company_country', `Paese azienda | Paese dell'azienda | Paese di fatturazione`],
    [
      'company_linkedin_url',
      `LinkedIn azienda | LinkedIn dell'azienda | Pagina aziendale LinkedIn | Pagina LinkedIn aziendale`,
    ],
    ['website', `Sito web azienda | Sito web aziendale | Sito web dell'azienda`],
    ['company_domain', `Dominio azienda | Dominio dell'azienda | Nome di dominio dell'azienda`],
    ['company_phone', `Telefono azienda | Telefono aziendale | Telefono principale società | Centralino`],
    ['first_name', 'Nome di battesimo | Nome proprio'],
    ['last_name', 'Cognome'],
    [
      'full_name',
      'Nome completo | Nome e cognome | Cognome e nome | Cognome nome | Nome del contatto | Nome contatto | Persona - Nome | Nominativo',
    ],
    [
      'email',
      `Indirizzo e-mail | Indirizzo di posta elettronica | Posta elettronica | E-mail aziendale | E-mail di lavoro | Indirizzo e-mail 2 | Indirizzo e-mail 3
      | E-mail secondaria | E-mail personale`,
    ],
    [
      'title',
      'Titolo professionale | Qualifica | Posizione lavorativa | Posizione | Mansione | Titolo di lavoro | Titolo',
    ],
    ['departments', 'Reparto | Dipartimento | Ufficio di appartenenza'],
    ['seniority', 'Livello di anzianità'],
    ['stage', 'Fase del ciclo di vita'],
    ['mobile_phone', 'Telefono cellulare | Numero di cellulare | Numero di telefono cellulare | Cellulare'],
    [
      'work_direct_phone',
      'Telefono diretto | Telefono ufficio | Telefono (uff.) | Telefono (ufficio) 2 | Telefono di lavoro | Telefono principale',
    ],
    ['home_phone', 'Telefono casa | Telefono (ab.) | Telefono abitazione | Telefono abitazione 2 | Telefono fisso'],
    ['other_phone', 'Altro telefono'],
  ],
  plain: [
    ['name', 'Nome'],
    ['city', 'Città | Città (uff.) | Città (ab.) | Altra città | Città di spedizione | Comune'],
    ['state', 'Provincia/Regione | Stato/Regione | Stato/Provincia | Provincia (uff.) | Provincia (ab.) | Stato'],
    ['country', 'Paese | Paese/Regione | Paese (uff.) | Paese (ab.) | Paese/area geografica | Nazione | Codice paese'],
    ['location', 'Località | Posizione geografica | Sede'],
    ['address', 'Indirizzo | Indirizzo completo'],
    ['phone', 'Numero di telefono | Telefono | Telefono 1 | Telefono 2'],
    ['website', 'Sito web | Sito internet | URL sito web | Pagina Web'],
    ['domain', 'Nome di dominio'],
  ],
  ambiguous: [
    ['Contact', 'Contatto'],
    ['Role', 'Ruolo | Funzione | Livello'],
    ['Region', 'Regione'],
    ['Size', 'Dimensione | Dimensioni'],
  ],
}
