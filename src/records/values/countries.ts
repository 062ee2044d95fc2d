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
  AE: ['UAE', 'Emirates'],
  BN: ['Brunei Darussalam'],
  BO: ['Plurinational State of Bolivia', 'Bolivia, Plurinational State of'],
  BS: ['The Bahamas'],
  CD: ['DRC', 'DR Congo', 'Democratic Republic of the Congo', 'Congo, the Democratic Republic of the', 'Zaire'],
  CG: ['Congo', 'Republic of the Congo'],
  CI: ['Ivory Coast'],
  CN: ['PRC', "People's Republic of China", 'Mainland China'],
  CV: ['Cabo Verde'],
  CZ: ['Czech Republic'],
  DE: ['Federal Republic of Germany'],
  FM: ['Federated States of Micronesia', 'Micronesia, Federated States of'],
  GB: ['UK', 'Great Britain', 'Britain', 'England', 'Scotland', 'Wales', 'Northern Ireland'],
  GM: ['The Gambia'],
  HK: ['Hong Kong', 'Hong Kong SAR'],
  IE: ['Republic of Ireland', 'Eire'],
  IR: ['Iran, Islamic Republic of', 'Islamic Republic of Iran'],
  KP: ['DPRK', "Korea, Democratic People's Republic of"],
  KR: ['Korea', 'Republic of Korea', 'Korea, Republic of', 'Korea, South'],
  LA: ["Lao People's Democratic Republic", 'Lao PDR'],
  MD: ['Republic of Moldova', 'Moldova, Republic of'],
  MK: ['Macedonia', 'Republic of North Macedonia', 'FYROM'],
  MM: ['Myanmar', 'Burma'],
  MO: ['Macao', 'Macau'],
  NL: ['The Netherlands', 'Holland'],
  PH: ['The Philippines'],
  PS: ['Palestine', 'State of Palestine', 'Palestine, State of'],
  RU: ['Russian Federation'],
  SY: ['Syrian Arab Republic'],
  SZ: ['Swaziland'],
  TR: ['Turkey'],
  TW: ['Taiwan, Province of China', 'Republic of China'],
  TZ: ['United Republic of Tanzania', 'Tanzania, United Republic of'],
  US: ['USA', 'United States of America', 'America'],
  VA: ['Vatican', 'Holy See'],
  VE: ['Bolivarian Republic of Venezuela', 'Venezuela, Bolivarian Republic of'],
  VN: ['Viet Nam'],
}

/** In order of precedence, for names that two languages use for different countries. */
const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'it', 'nl', 'pl', 'sv', 'da', 'nb', 'fi', 'cs', 'tr', 'ja', 'zh', 'ru']

function comparable(name: string): string {
  return boundMarks(name)
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('&', 'and')
    .replace(/[^\p{L}]/gu, '')
}

function regionsByName(): ReadonlyMap<string, string> {
  const regions = new Map<string, string>()
  const add = (name: string, region: string) => {
    const key = comparable(name)
    if (!regions.has(key)) regions.set(key, region)
  }
  for (const code of CODES) {
    add(code.slice(0, 2), code.slice(0, 2))
    add(code.slice(2), code.slice(0, 2))
  }
  for (const [region, names] of Object.entries(ALIASES)) for (const name of names) add(name, region)
  for (const language of LANGUAGES) {
    const names = new Intl.DisplayNames([language], { type: 'region' })
    for (const code of CODES) add(names.of(code.slice(0, 2)) ?? code, code.slice(0, 2))
  }
  return regions
}

let regions: ReadonlyMap<string, string> | undefined

/** The region code for a country's name (in any of LANGUAGES) or ISO code (two or three letters); null if unknown. */
export function regionOf(country: string): string | null {
  regions ??= regionsByName()
  return regions.get(comparable(country)) ?? null
}

function englishNames(): ReadonlySet<string> {
  const display = new Intl.DisplayNames('en', { type: 'region' })
  const names = CODES.map(code => display.of(code.slice(0, 2)) ?? code)
  return new Set([...names, ...Object.values(ALIASES).flat()].map(comparable))
}

let english: ReadonlySet<string> | undefined

/** Whether `name` is the English name of a country. Codes do not count: `CA` and `DE` are also states. */
export function isCountryName(name: string): boolean {
  english ??= englishNames()
  return english.has(comparable(name))
}
