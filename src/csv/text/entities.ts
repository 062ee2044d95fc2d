/** Decodes HTML entities. Only those that end with `;` count: `&copy=1` is part of an address. */

const ENTITY = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z][a-zA-Z\d]{1,8}));/g
/** A letter and the accent over it, such as `eacute` or `ccaron`. */
const ACCENTED = /^([a-zA-Z])(grave|acute|circ|tilde|uml|ring|cedil|caron|ogon|breve|dblac|macr|dot)$/
const ACCENTS: Readonly<Record<string, string>> = {
  grave: '\u0300',
  acute: '\u0301',
  circ: '\u0302',
  tilde: '\u0303',
  uml: '\u0308',
  ring: '\u030a',
  cedil: '\u0327',
  caron: '\u030c',
  ogon: '\u0328',
  breve: '\u0306',
  dblac: '\u030b',
  macr: '\u0304',
  dot: '\u0307',
}

/** The characters that have to be escaped in HTML. A text may contain such an entity on purpose. */
const ESCAPES = named('amp:& lt:< gt:> quot:" apos:\' AMP:& LT:< GT:> QUOT:"')
const OTHERS = named(
  'nbsp:\u00a0 iexcl:¡ cent:¢ pound:£ curren:¤ yen:¥ brvbar:¦ sect:§ uml:¨ copy:© ordf:ª laquo:« not:¬ shy:\u00ad reg:® ' +
    'macr:¯ deg:° plusmn:± sup1:¹ sup2:² sup3:³ acute:´ micro:µ para:¶ middot:· cedil:¸ ordm:º raquo:» frac14:¼ ' +
    'frac12:½ frac34:¾ iquest:¿ times:× divide:÷ AElig:Æ aelig:æ Oslash:Ø oslash:ø ETH:Ð eth:ð THORN:Þ thorn:þ szlig:ß ' +
    'OElig:Œ oelig:œ Lstrok:Ł lstrok:ł Dstrok:Đ dstrok:đ imath:ı inodot:ı fnof:ƒ ensp:\u2002 emsp:\u2003 thinsp:\u2009 ' +
    'zwnj:\u200c zwj:\u200d ndash:– mdash:— lsquo:‘ rsquo:’ sbquo:‚ ldquo:“ rdquo:” bdquo:„ dagger:† Dagger:‡ bull:• ' +
    'hellip:… permil:‰ lsaquo:‹ rsaquo:› euro:€ trade:™ num:# excl:! percnt:% lpar:( rpar:) ast:* plus:+ comma:, period:. ' +
    'sol:/ colon:: semi:; equals:= quest:? commat:@ lsqb:[ rsqb:] lowbar:_ vert:| Tab:\t NewLine:\n',
)

function named(list: string): ReadonlyMap<string, string> {
  return new Map(
    list.split(' ').map(entry => {
      const end = entry.indexOf(':')
      return [entry.slice(0, end), entry.slice(end + 1)]
    }),
  )
}

/** What HTML reads for the numbers 128 to 159. */
const windows1252 = new TextDecoder('windows-1252')

export interface Decoded {
  readonly text: string
  /** At least one entity is of a character that need not be escaped. Nobody writes `Jos&eacute;` on purpose. */
  readonly isCertain: boolean
  /** There is also a `&` that begins no entity. */
  readonly hasPlain: boolean
}

/** Decodes the entities of a text once. Null if it has none. */
export function decodeEntities(text: string): Decoded | null {
  if (!text.includes('&')) return null
  let found = 0
  let isCertain = false
  const decoded = text.replaceAll(ENTITY, (entity, decimal, hex, name) => {
    const character =
      name === undefined ? ofNumber(decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)) : ofName(name)
    if (character === null) return entity
    found++
    isCertain ||= !ESCAPED.has(character)
    return character
  })
  if (found === 0) return null
  return { text: decoded, isCertain, hasPlain: text.split('&').length - 1 > found }
}

const ESCAPED = new Set(ESCAPES.values())

function ofNumber(code: number): string | null {
  if (code >= 128 && code < 160) return windows1252.decode(Uint8Array.of(code))
  const isCharacter = code >= 32 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000)
  return isCharacter || code === 9 || code === 10 || code === 13 ? String.fromCodePoint(code) : null
}

function ofName(name: string): string | null {
  const character = ESCAPES.get(name) ?? OTHERS.get(name)
  if (character !== undefined) return character
  const [, letter, accent] = ACCENTED.exec(name) ?? []
  const composed = letter === undefined ? '' : (letter + ACCENTS[accent!]!).normalize('NFC')
  return composed.length === 1 ? composed : null
}
