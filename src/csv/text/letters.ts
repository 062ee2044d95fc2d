/** How often letters occur in the names and texts of languages that share an encoding. Estimates, in percent. */

export interface Letters {
  readonly script: 'latin' | 'other'
  /** Lower-case letter → its share among all that are not ASCII. */
  readonly shares: ReadonlyMap<string, number>
}

function letters(script: Letters['script'], list: string): Letters {
  const entries = list.split(' ').map(entry => [entry[0]!, Number(entry.slice(1))] as const)
  const sum = entries.reduce((total, [, weight]) => total + weight, 0)
  return { script, shares: new Map(entries.map(([letter, weight]) => [letter, weight / sum])) }
}

/** Several languages, as in an address book of a company. */
const MIXED_WESTERN = letters(
  'latin',
  'é18 ü8 ö8 ä7 á7 í6 ó6 ã4 ç4 è4 ñ4 ê2 â1.5 ô1.5 ú2 à2 å3 ø3 æ1.5 ß2 ï0.7 ë0.9 î0.7 ì0.6 ò0.7 ù0.6 õ0.3 ý0.4 û0.2 š0.6 ž0.4 œ0.6 ð0.3 þ0.15 ÿ0.02',
)
const GERMAN = letters('latin', 'ü35 ö22 ä25 ß13 é4 è0.5 á0.3 ç0.2 ô0.1')
const FRENCH = letters('latin', 'é60 è14 ç6 ê6 ë3 ï2 ô3 î2 à2 â3 ù0.5 û0.5 œ1 ü0.5 ö0.2 ÿ0.1')
const SPANISH = letters('latin', 'á22 é18 í25 ó20 ñ10 ú5 ü1.5 ç0.5 à0.5 è0.5 ò0.5')
const PORTUGUESE = letters('latin', 'ã20 ç16 á14 é12 í8 ó10 ê6 â4 ô4 õ5 ú3 à1 ü0.5')
const ITALIAN = letters('latin', 'à22 è16 ì14 ò24 ù14 é6 á0.5 ü1 ö0.5 ä0.5 í0.5 ó0.5')
const NORDIC = letters('latin', 'å22 ä20 ö20 ø20 æ10 é3 ü2 ó0.5 á0.5 ß0.1')
const ESTONIAN = letters('latin', 'ä36 õ22 ü22 ö16 å1 š1 ž0.6 é0.5')
const ICELANDIC = letters('latin', 'ó16 á15 ð14 í12 ö10 ú9 þ5 é4 ý4 æ5 ü0.1')

const MIXED_EASTERN = letters(
  'latin',
  'á12 í9 é9 ó6 ł7 ř4 ě3 š5 č5 ž4 ý4 ů1.5 ą3 ę3 ś2 ż2 ź0.6 ć3 ń3 ö4 ü3 ő2.5 ű1 ú2 ă2.5 â1 î1 ş1 ţ1 đ0.6 ň0.5 ť0.5 ď0.4 ľ0.6 ĺ0.05 ŕ0.02 ä0.8 ô0.3 ç0.1 ë0.1 ß0.3',
)
const POLISH = letters('latin', 'ł25 ó14 ą12 ę13 ś10 ż11 ć7 ń8 ź1.5 ü0.3 ö0.3 é0.2')
const CZECH = letters('latin', 'á20 í14 é9 ý9 č10 ř9 š9 ž8 ě10 ů4 ú2 ň2 ť1 ď0.7 ó0.7 ľ1 ô0.7 ä0.5 ü0.3 ö0.3 ĺ0.1 ŕ0.05')
const HUNGARIAN = letters('latin', 'á27 é29 ö11 ó10 ő9 ü6 í5 ú4 ű3 ä0.1')
const SOUTH_SLAVIC = letters('latin', 'ć32 č22 š20 ž14 đ9 é0.5 ö0.3 ü0.3 á0.2')
const ROMANIAN = letters('latin', 'ă34 ş18 ţ16 â12 î12 ș4 ț4 é0.5 ö0.5 ü0.3')

export const WESTERN = [MIXED_WESTERN, GERMAN, FRENCH, SPANISH, PORTUGUESE, ITALIAN, NORDIC, ICELANDIC, ESTONIAN]
export const CENTRAL_EUROPEAN = [MIXED_EASTERN, POLISH, CZECH, HUNGARIAN, SOUTH_SLAVIC, ROMANIAN]

export const TURKISH = [letters('latin', 'ı20 İ4 ü15 ş15 ç10 ö10 ğ8 i5 â0.5 î0.2 û0.2 é0.3 ä0.2')]
export const BALTIC = [
  letters('latin', 'ā10 š9 ž7 č5 ī6 ē6 ė7 ū5 ų3 ņ4 ļ3 ķ2 ģ2 ą2 ę1 į2 ä6 õ5 ö4 ü5 é0.5 ó0.3 å0.2 ø0.1'),
]
export const CYRILLIC = [
  letters(
    'other',
    'о10.9 е8.5 а8 и7.4 н6.7 т6.3 с5.5 р4.7 в4.5 л4.4 к3.5 м3.2 д3 п2.8 у2.6 я2 ы1.9 ь1.7 г1.7 з1.6 б1.6 ч1.4 й1.2 х1 ж0.9 ш0.7 ю0.6 ц0.5 щ0.4 э0.3 ф0.3 ъ0.04 ё0.1 і0.5 ї0.2 є0.2 ґ0.02 ј0.1 њ0.05 љ0.05 ћ0.1 ђ0.03 џ0.02',
  ),
]
export const GREEK = [
  letters(
    'other',
    'α12 ο10 ι9 ε8 τ8 σ6 ν6.5 η5 υ4.5 ρ4.5 π4 κ4 μ3.3 λ3 ς4 γ1.6 δ1.7 ω1.9 χ1.2 θ1.3 φ0.8 β0.7 ξ0.6 ζ0.4 ψ0.2 ά2 έ2 ή1.5 ί3 ό2.5 ύ1.3 ώ1.2 ϊ0.1 ϋ0.05 ΐ0.02',
  ),
]
export const HEBREW = [
  letters(
    'other',
    'י11 ו10.5 ה10 ל7.4 א6.3 ר5.6 ת5 ב4.7 ש4.4 מ5 ם2.9 נ3 ן1.5 כ2.7 ד2.6 ח2.5 ע3.2 ק2.1 פ1.7 ט1.2 ג1.2 ז1.3 ס1.5 צ1.2 ך0.8 ף0.3 ץ0.1',
  ),
]
export const ARABIC = [
  letters(
    'other',
    'ا15 ل10 ي7.5 م6.5 ن6 و6 ر5.5 ت4.5 ب4 ة4 د4 س3.5 ع3.5 ف3 ح2.5 ق2.5 ك2.5 ه3 ج1.5 ش1.5 خ1 ص1 ط1 ض0.8 ز1 ث0.7 ذ0.5 غ0.5 ظ0.3 ء0.5 أ2.5 إ0.8 آ0.2 ى0.8 ؤ0.2 ئ0.3',
  ),
]
export const THAI = [
  letters(
    'other',
    'า7 น7 ร6 ก5.5 อ5 เ4.5 ง4.5 ม4.5 ย4 ว4 ล4 ต3.5 ด3 ท3 ส3.5 ่5 ้4 ั4 ี3.5 ิ3.5 ไ2 แ2 ข2 ค2.5 พ2.5 จ2 ห3 บ2.5 ป2 ช2 ุ1.5 ู1.2 ์2 ็0.8 ื0.8 ะ1.5 ำ1 โ1 ผ0.7 ฝ0.2 ธ0.9 ณ0.9 ศ0.8 ภ0.6 ถ0.9 ญ0.5 ษ0.4 ซ0.6 ใ1 ฟ0.3 ึ0.6',
  ),
]
