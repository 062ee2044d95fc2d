/** The words and signs that people write beside a number. In lower case, without a final point. */

/** A word for a factor. */
export interface Unit {
  /** The factor is ten to this power. */
  readonly power: number
  /**
   * How numbers with it are written: `english` has decimal points, `european` decimal commas or points, and `both` is used
   * everywhere.
   */
  readonly usage: 'english' | 'european' | 'both'
}

/** `mil` is missing: it is a thousand in Spanish, and short for a million in English. So is 兆. */
const UNITS: readonly (readonly [power: number, usage: Unit['usage'], words: string])[] = [
  [3, 'english', 'thousand 千'],
  [3, 'both', 'k'],
  [3, 'european', 'tsd tausend tys tysięcy tis tisíc mille тыс тысяч тысячи'],
  [4, 'english', '万 萬 만'],
  [5, 'english', 'lakh lakhs lac lacs'],
  [6, 'english', 'mm million millions 百万'],
  [6, 'both', 'm mn'],
  [6, 'european', 'mio mill mln milj millionen milioni milione milion miliony milionów milionů millón millones'],
  [6, 'european', 'milhão milhões miljoen miljon miljoner millioner milioane млн миллион миллиона миллионов'],
  [7, 'english', 'cr crs crore crores 千万'],
  [8, 'english', '億 亿 억'],
  [9, 'english', 'bn bln billion billions'],
  [9, 'both', 'b'],
  [9, 'european', 'mrd mrds md mds mia mld mlrd miljard miljarder milliard milliards milliarden milliarder miliard'],
  [9, 'european', 'miliardi miliardo miliardy miliardů miliardów bilhão bilhões млрд миллиард миллиарда миллиардов'],
  [12, 'english', 'tn trillion 조'],
  [12, 'both', 't'],
  [12, 'european', 'трлн'],
]

/** Single words for a factor and a currency. */
const WITH_CURRENCY: readonly (readonly [power: number, words: string])[] = [
  [3, 'teur tchf tsek tnok tdkk tkr'],
  [6, 'mnkr mkr mdkk msek mnok'],
  [9, 'mdkr mdrkr'],
]

export const NUMBER_UNITS: ReadonlyMap<string, Unit> = new Map([
  ...UNITS.flatMap(([power, usage, words]) => words.split(' ').map(word => [word, { power, usage }] as const)),
  ...WITH_CURRENCY.flatMap(([power, words]) =>
    words.split(' ').map(word => [word, { power, usage: 'european' }] as const),
  ),
])

/** Currencies of countries with a decimal point. */
const WITH_POINT =
  'us$ ca$ c$ au$ a$ nz$ hk$ nt$ mx$ s$ $ £ ¥ ￥ ₹ ₩ ฿ ₪ ₱ ₦ usd gbp jpy cny rmb inr rs krw thb ils php cad aud nzd hkd twd sgd myr rm mxn zar chf sfr fr aed sar ngn dollar dollars pounds 円 元 원'
/** Currencies of countries with a decimal comma. */
const WITH_COMMA =
  '€ r$ ₺ ₽ ₴ ₫ eur euro euros sek nok dkk kr pln zł zl czk kč kc huf ft ron lei bgn лв try tl rub руб uah грн brl ars clp cop vnd idr rp isk'

export const CURRENCIES: readonly string[] = `${WITH_POINT} ${WITH_COMMA}`.split(' ')
export const COMMA_CURRENCIES: ReadonlySet<string> = new Set(WITH_COMMA.split(' '))

/** "About". */
export const APPROXIMATIONS =
  'circa cirka ca c approx approximately about around environ env etwa rund ungefähr aprox cca około omkring около'.split(
    ' ',
  )

/** What is counted, for numbers of employees. */
export const COUNTED =
  'employees employee people staff fte ftes headcount mitarbeiter mitarbeitende employés salariés empleados funcionários dipendenti medewerkers anställda ansatte pracowników'.split(
    ' ',
  )
