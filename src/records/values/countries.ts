/**
 * Maps the names that people write for a country to its region code (ISO 3166-1 alpha-2). Used to read phone numbers and to
 * split locations.
 */
import { boundMarks } from '../../text/marks.ts'

/** Alpha-2 followed by alpha-3. Kosovo's codes are in use, although ISO has not assigned them. */
const CODES = `
  ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB
  BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR
  BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR
  CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK
  FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS
  GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN
  ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO
  LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD
  MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER
  NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM
  PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP
  SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF
  TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY
  UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM XKXKX YEYEM YTMYT ZAZAF ZMZMB ZWZWE
`
  .trim()
  .split(/\s+/)

/** Names in use besides those in the CLDR data of Unicode. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  AE: ['UAE', 'Emirates', 'The UAE'],
  AT: ['Republic of Austria'],
  BA: ['Bosnia'],
  BE: ['Kingdom of Belgium'],
  BR: ['Federative Republic of Brazil'],
  BN: ['Brunei Darussalam'],
  BO: ['Plurinational State of Bolivia', 'Bolivia, Plurinational State of'],
  BS: ['The Bahamas'],
  CD: ['DRC', 'DR Congo', 'Democratic Republic of the Congo', 'Congo, the Democratic Republic of the', 'Zaire'],
  CG: ['Congo', 'Republic of the Congo'],
  CI: ['Ivory Coast'],
  CN: ['PRC', "People's Republic of China", 'Mainland China'],
  CH: ['Swiss Confederation', 'Confoederatio Helvetica'],
  CV: ['Cabo Verde'],
  CZ: ['Czech Republic'],
  DE: ['Federal Republic of Germany'],
  DK: ['Kingdom of Denmark'],
  ES: ['Kingdom of Spain'],
  FI: ['Republic of Finland'],
  FM: ['Federated States of Micronesia', 'Micronesia, Federated States of'],
  GB: [
    'UK',
    'Great Britain',
    'Britain',
    'England',
    'Scotland',
    'Wales',
    'Northern Ireland',
    'The United Kingdom',
    'United Kingdom of Great Britain and Northern Ireland',
    'Great Britain and Northern Ireland',
  ],
  FR: ['French Republic', 'République française'],
  GM: ['The Gambia'],
  GR: ['EL', 'Hellas', 'Hellenic Republic'],
  HK: ['Hong Kong', 'Hong Kong SAR'],
  IE: ['Republic of Ireland', 'Eire'],
  IN: ['Republic of India', 'Bharat'],
  IR: ['Iran, Islamic Republic of', 'Islamic Republic of Iran'],
  IT: ['Italian Republic', 'Repubblica Italiana'],
  KP: ['DPRK', 'Korea, North', "Korea, Democratic People's Republic of"],
  KR: ['Korea', 'Republic of Korea', 'Korea, Republic of', 'Korea, South', 'ROK'],
  LA: ["Lao People's Democratic Republic", 'Lao PDR'],
  MD: ['Republic of Moldova', 'Moldova, Republic of'],
  MK: ['Macedonia', 'Republic of North Macedonia', 'FYROM'],
  MM: ['Myanmar', 'Burma'],
  MO: ['Macao', 'Macau'],
  NL: ['The Netherlands', 'Holland', 'Kingdom of the Netherlands', 'Netherlands, The'],
  NO: ['Kingdom of Norway', 'Noreg'],
  PH: ['The Philippines'],
  PL: ['Republic of Poland'],
  PT: ['Portuguese Republic'],
  PS: ['Palestine', 'State of Palestine', 'Palestine, State of'],
  RU: ['Russian Federation'],
  SE: ['Kingdom of Sweden'],
  SK: ['Slovak Republic'],
  SY: ['Syrian Arab Republic'],
  SZ: ['Swaziland'],
  TR: ['Turkey', 'Türkiye', 'Republic of Türkiye', 'Republic of Turkey'],
  TW: ['Taiwan, Province of China', 'Republic of China'],
  TZ: ['United Republic of Tanzania', 'Tanzania, United Republic of'],
  US: [
    'USA',
    'United States of America',
    'America',
    'The United States',
    'The United States of America',
    'US of A',
    'U S A',
  ],
  VA: ['Vatican', 'Holy See'],
  VE: ['Bolivarian Republic of Venezuela', 'Venezuela, Bolivarian Republic of'],
  VN: ['Viet Nam'],
  ZA: ['Republic of South Africa', 'RSA'],
}

/** In order of precedence, for names that two languages use for different countries. */
const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'pl', 'sv', 'da', 'nb', 'fi', 'cs', 'tr', 'ja', 'zh', 'ru']

/** In characters. Normalizing 1 MB takes half a second. */
const LONGEST_NAME = 200

function comparable(name: string): string {
  return boundMarks(name)
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('&', 'and')
    .replace(/[^\p{L}]/gu, '')
}

function regionsByName(): ReadonlyMap<string, string> {
  const regions = new Map<string, string>()
  for (const [name, region] of spellings(LANGUAGES)) {
    const key = comparable(name)
    if (!regions.has(key)) regions.set(key, region)
  }
  return regions
}

/** Codes and names with their region. If a name occurs twice, the first one counts. */
export function* spellings(languages: readonly string[]): Generator<readonly [name: string, region: string]> {
  for (const code of CODES) {
    yield [code.slice(0, 2), code.slice(0, 2)]
    yield [code.slice(2), code.slice(0, 2)]
  }
  for (const [region, names] of Object.entries(ALIASES)) for (const name of names) yield [name, region]
  for (const language of languages) {
    const names = new Intl.DisplayNames([language], { type: 'region' })
    for (const code of CODES) yield [names.of(code.slice(0, 2)) ?? code, code.slice(0, 2)]
  }
}

let regions: ReadonlyMap<string, string> | undefined

/** All names and codes that `regionOf` knows, in the form in which it compares them. */
export function knownCountries(): ReadonlyMap<string, string> {
  regions ??= regionsByName()
  return regions
}

/** The region code for a country's name (in any of LANGUAGES) or ISO code (two or three letters); null if unknown. */
export function regionOf(country: string): string | null {
  if (country.length > LONGEST_NAME) return null
  const key = comparable(country)
  // `NA` is Namibia, but `n/a` and `N.A.` are not countries.
  if (key === 'na' && country.trim().length > 2) return null
  return knownCountries().get(key) ?? null
}

function englishNames(): ReadonlySet<string> {
  const display = new Intl.DisplayNames('en', { type: 'region' })
  const names = CODES.map(code => display.of(code.slice(0, 2)) ?? code)
  return new Set([...names, ...Object.values(ALIASES).flat()].map(comparable))
}

let english: ReadonlySet<string> | undefined

/** Whether `name` is the English name of a country. Codes do not count: `CA` and `DE` are also states. */
export function isCountryName(name: string): boolean {
  if (name.length > LONGEST_NAME) return false
  english ??= englishNames()
  return english.has(comparable(name))
}
