/**
 * The words of the generated data: first frequent real words, then invented ones, drawn by Zipf's law. 1,000,000 contacts have about
 * 77,000 distinct last names and 195,000 distinct titles; 10,000,000 contacts have 360,000 and 1,060,000.
 */
import { createRandom, endlessZipf, mixSeed, type Random, zipf } from './random.ts'

const SYLLABLES =
  'ba be bi bo bra ca ce chi co da de di do el en er fa fi fo ga ge go ha hé hi ja ka ke ki ko la le li lo lu ma me mi mo mü na ne ni no nor ö pa pe po ra ré ri ro sa sch se si so ß sta ta te ti to ul va ve vi wa wi ya ye za ze zo łu ña ço å ø'.split(
    ' ',
  )

function inventWord(stream: number, index: number): string {
  const random = createRandom(mixSeed(stream, index))
  let word = ''
  // Rare words are longer, as in a natural language: two syllables make 5,000 words, four make 30,000,000.
  for (let count = (index < 2000 ? 2 : index < 100_000 ? 3 : 4) + random.int(2); count > 0; count--)
    word += random.pick(SYLLABLES)
  return word
}

/** Returns a function that draws from `frequent` and an unlimited number of invented words, by `endlessZipf`. */
function endlessDrawer(stream: number, frequent: string, head: number, tail: number): (random: Random) => string {
  const known = frequent.split('|')
  const rank = endlessZipf(head, tail)
  return random => {
    const place = rank(random)
    return place < known.length ? known[place]! : inventWord(stream, place)
  }
}

/** Returns a function that draws from `frequent` and `invented` further words. Earlier words are more frequent. */
function drawer(stream: number, frequent: string, invented: number, exponent: number): (random: Random) => string {
  const known = frequent.split('|')
  const rank = zipf(known.length + invented, exponent)
  return random => {
    const place = rank(random)
    return place < known.length ? known[place]! : inventWord(stream, place)
  }
}

export const firstName = endlessDrawer(
  1,
  'james|maria|john|anna|michael|josé|david|sarah|robert|laura|thomas|andrea|daniel|sophie|chris|françois|jürgen|zoë|łukasz|renée|søren|björn|nguyễn|wei|mohammed|fatima|олег|ελένη|محمد|山田|priya|raj|emily|lucas|emma|noah|olivia|liam|ava|mia|peter|paul|mark|kevin|brian|susan|linda|karen|nancy|lisa',
  60,
  0.8,
)

export const lastName = endlessDrawer(
  2,
  'smith|garcia|müller|johnson|wang|li|zhang|chen|williams|brown|jones|davis|miller|martínez|lópez|gonzález|wilson|anderson|thomas|taylor|moore|jackson|martin|lee|pérez|thompson|white|harris|sánchez|clark|ramírez|lewis|robinson|walker|young|allen|king|wright|scott|torres|nguyễn|hill|flores|green|adams|nelson|baker|hall|rivera|campbell|mitchell|carter|roberts|o’connor|van der berg|groß|čapek|şahin|østergård|田中',
  100,
  0.5,
)

export const companyWord = endlessDrawer(
  3,
  'global|tech|systems|data|solutions|cloud|health|energy|capital|media|digital|networks|labs|group|software|bank|foods|green|blue|smart|first|united|north|pacific|atlantic|café|königs|são|nova|alpha|delta|omega|prime|next|open|bright|clear|quantum|vertex|apex|summit|pioneer|horizon',
  80,
  0.6,
)

const LEVELS = 'Senior|Junior|Lead|Principal|Head of|Director of|VP of|Chief|Associate|Staff|Global|Regional'.split('|')
const ROLES =
  'Software Engineer|Account Executive|Sales Manager|Product Manager|Marketing Manager|Data Scientist|Project Manager|Business Development|Consultant|Engineer|Operations Manager|Customer Success Manager|Recruiter|Financial Analyst|C++ Developer|Designer|Accountant|Data Engineer|Geschäftsführer|Ingénieur Système|Director Técnico|Attorney|Nurse|Research Scientist|Machine Learning Engineer|Site Reliability Engineer|Security Analyst|Technical Writer|Supply Chain Manager|Human Resources'.split(
    '|',
  )
const role = zipf(ROLES.length, 0.9)
const AREAS =
  'Software|Data|Sales|Account|Marketing|Operations|Product|Quality|Process|Network|Systems|Business|Clinical|Field|Content|Brand|Credit|Risk|Tax|Legal|Procurement|Logistics|Plant|Production|Research|Training|Compliance|Service|Support|Community'.split(
    '|',
  )
const POSITIONS =
  'Manager|Engineer|Analyst|Specialist|Consultant|Coordinator|Administrator|Assistant|Developer|Advisor|Supervisor|Officer|Architect|Technician|Planner|Partner|Representative|Trainer|Owner|Scientist'.split(
    '|',
  )
const area = zipf(AREAS.length, 0.7)
const position = zipf(POSITIONS.length, 0.8)
const specialty = endlessDrawer(
  4,
  'Europe|EMEA|Cloud|Platform|Growth|Enterprise|Payments|Security|Infrastructure|Mobile|Analytics|R&D|APAC|LATAM|Retail|Healthcare',
  20,
  0.6,
)

export function jobTitle(random: Random): string {
  const level = random.chance(0.5) ? `${random.pick(LEVELS)} ` : ''
  const name = random.chance(0.5) ? ROLES[role(random)]! : `${AREAS[area(random)]} ${POSITIONS[position(random)]}`
  return random.chance(0.35) ? `${level}${name}, ${specialty(random)}` : `${level}${name}`
}

const COUNTRIES =
  'united states|united kingdom|india|germany|france|canada|brazil|spain|netherlands|australia|italy|mexico|china|japan|switzerland|sweden|poland|belgium|singapore|israel|côte d’ivoire|austria|denmark|norway|finland|portugal|ireland|türkiye|south africa|argentina|chile|colombia|perú|egypt|nigeria|kenya|vietnam|thailand|indonesia|malaysia'.split(
    '|',
  )
const country = zipf(COUNTRIES.length, 1.1)
const stateRank = zipf(30, 0.8)
const cityRank = endlessZipf(12, 0.9)

export interface Place {
  readonly city: string
  readonly state: string
  readonly country: string
}

/** Draws a country, and a city and a state in it. */
export function place(random: Random): Place {
  const rank = country(random)
  const city = cityRank(random)
  return {
    country: COUNTRIES[rank]!,
    state: inventWord(5 + 100 * rank, stateRank(createRandom(mixSeed(6 + 100 * rank, city)))),
    city: inventWord(7 + 100 * rank, city),
  }
}

const DEPARTMENTS =
  'Engineering|Sales|Marketing|Operations|Finance|Human Resources|Information Technology|Product Management|Legal|Support|Research|Design|Education|Consulting|Master Engineering, R&D|C-Suite'.split(
    '|',
  )
export const SENIORITIES = 'entry|senior|manager|director|vp|owner|founder|c suite|head|intern|partner'.split('|')
export const EMAIL_STATUSES = 'verified|unverified|likely to engage|unavailable|bounced'.split('|')
export const STAGES = 'cold|approaching|replied|interested|customer|do not contact'.split('|')
export const FUNDINGS =
  'Seed|Series A|Series B|Series C|Private Equity|Debt Financing|Grant|Venture (Round not Specified)'.split('|')

const department = zipf(DEPARTMENTS.length, 0.9)
const industry = drawer(
  8,
  'information technology & services|computer software|financial services|hospital & health care|marketing & advertising|construction|retail|real estate|education management|internet|automotive|management consulting|telecommunications|insurance|biotechnology|pharmaceuticals|oil & energy|food & beverages|logistics & supply chain|human resources',
  120,
  0.9,
)
const keyword = endlessDrawer(
  9,
  'SaaS|B2B|artificial intelligence|machine learning|cloud computing|e-commerce|analytics|consulting|cybersecurity|mobile apps|fintech|big data|internet of things|CRM|marketing automation|data privacy|blockchain|open source|supply chain|renewable energy',
  40,
  0.8,
)
const technology = drawer(
  10,
  'Google Analytics|WordPress|Microsoft Office 365|Salesforce|AWS|Cloudflare|HubSpot|React|Node.js|PostgreSQL|C++|C#|Python|Kubernetes|SAP|Shopify|Stripe|Zendesk|Slack|Nginx',
  600,
  0.9,
)

/** One to `most` different values, compared without case. */
function several(random: Random, most: number, draw: (random: Random) => string): string[] {
  const values = new Map<string, string>()
  for (let count = 1 + random.int(most); count > 0; count--) {
    const value = draw(random)
    if (!values.has(value.toLowerCase())) values.set(value.toLowerCase(), value)
  }
  return [...values.values()]
}

export const departments = (random: Random) => several(random, 2, one => DEPARTMENTS[department(one)]!)
export const industries = (random: Random) => several(random, 2, industry)
export const keywords = (random: Random) => several(random, 8, keyword)
export const technologies = (random: Random) => several(random, 6, technology)
