import { DANISH } from './danish.ts'
import { DUTCH } from './dutch.ts'
import { FRENCH } from './french.ts'
import { GERMAN } from './german.ts'
import { ITALIAN } from './italian.ts'
import type { Language } from './language.ts'
import { NORWEGIAN } from './norwegian.ts'
import { POLISH } from './polish.ts'
import { PORTUGUESE } from './portuguese.ts'
import { SPANISH } from './spanish.ts'
import { SWEDISH } from './swedish.ts'

/** If two languages share a header, the first one counts. A test lists the headers that have several meanings. */
export const LANGUAGES: readonly Language[] = [
  GERMAN,
  FRENCH,
  SPANISH,
  PORTUGUESE,
  ITALIAN,
  DUTCH,
  SWEDISH,
  DANISH,
  NORWEGIAN,
  POLISH,
]

/** Generic headers of names: of a person, or of a company. Normalised. */
export const NAMES: ReadonlySet<string> = new Set(['name', 'nom', 'nombre', 'nome', 'naam', 'namn', 'navn', 'nazwa'])

/** Headers that mean a state beside a city, and a status otherwise. Normalised. */
export const STATE_OR_STATUS: ReadonlySet<string> = new Set(['estado', 'stato', 'etat', 'stan'])

/** Outlook in other languages: see `OUTLOOK` (../aliases.ts). */
export const OUTLOOK_HEADERS = {
  marks: `Vertraulichkeit | Critère de diffusion | Disponibilité Internet | Confidencialidad | Disponibilidad de Internet | Riservatezza
    | Vertrouwelijkheid | Gevoeligheid | Känslighet | Følsomhed | Følsomhet | Poufność`,
  headers: `Stichwörter | Ort | Konto | Mots clés | Emplacement | Lieu | Compte | Palabras clave | Ubicación | Cuenta | Parole chiave | Località
    | Trefwoorden | Locatie | Nyckelord | Plats | Nøgleord | Nøkkelord | Placering | Plassering | Słowa kluczowe | Lokalizacja`,
} as const
