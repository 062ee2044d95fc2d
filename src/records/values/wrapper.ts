/** Takes values out of what programs put around them in a cell: formulas, links. Pure. */

const EQUALS = 61
const LESS_THAN = 60
const BRACKET = 91
const SPACE = 32

/** In characters. What is longer is not a link. */
const LONGEST = 4000

const ADDRESSES: ReadonlySet<string> = new Set([
  'email',
  'website',
  'company_domain',
  'company_linkedin_url',
  'facebook_url',
  'twitter_url',
  'person_linkedin_url',
  'person_facebook_url',
  'person_twitter_url',
  'person_website',
])

/**
 * The value within the cell of this row key. Of a link it is the address if the key is one of an address, otherwise the
 * label.
 */
export function unwrap(cell: string, key: string): string {
  const first = cell.charCodeAt(0)
  if (first > LESS_THAN + 1 ? first !== BRACKET : first !== EQUALS && first !== LESS_THAN && first > SPACE) return cell
  if (cell.length > LONGEST) return cell
  const isAddress = ADDRESSES.has(key)
  for (let before = cell; ; ) {
    const value = unwrapOnce(before.trim(), isAddress)
    if (value === null) return before
    before = value
  }
}

const QUOTED = `"([^"]*(?:""[^"]*)*)"`
/** `="x"`, which keeps a spreadsheet from changing the value. */
const TEXT_FORMULA = new RegExp(`^=\\s*(?:(?:T|TRIM|CLEAN|TEXT|CONCATENATE)\\s*\\(\\s*)?${QUOTED}\\s*\\)?$`, 'i')
/** The first character is not a space, because matching of spaces that may belong to two parts takes quadratic time. */
const NUMBER_FORMULA = /^=\s*((?:[+\d().-][\d ().-]*)?\d)$/
const LINK_FORMULA = new RegExp(
  String.raw`^=\s*(?:HYPERLINK|HIPERVINCULO|HIPERVÍNCULO|LIEN_HYPERTEXTE|COLLEG\.IPERTESTUALE|HIPERLIGAÇÃO|HIPERŁĄCZE|HYPERLÄNK)\s*\(\s*${QUOTED}\s*(?:[,;](?:\s*${QUOTED}\s*|([^"()]*)))?\)$`,
  'iu',
)
const HTML_LINK = /^<a(\s[^>]*)>(.*)<\/a>$/isu
const HREF = /href\s*=\s*["']?([^"'\s]+)/iu
const TAG = /<[^<>]*>/g
/** `<x>`, and `<address|label>`. */
const ANGLES = /^<([^<>|]+)(?:\|([^<>]*))?>$/
const MARKDOWN = /^\[([^[\]]*)\]\(\s*<?((?:[^()\s<>]|\([^()\s]*\))+)>?(?:\s+"[^"]*")?\s*\)$/
const SQUARE = /^\[([^[\]()]+)\]$/

/** Null if nothing is around the text. */
function unwrapOnce(text: string, isAddress: boolean): string | null {
  switch (text.charCodeAt(0)) {
    case EQUALS: {
      const plain = TEXT_FORMULA.exec(text)?.[1] ?? NUMBER_FORMULA.exec(text)?.[1]
      if (plain !== undefined) return plain.replaceAll('""', '"')
      const link = LINK_FORMULA.exec(text)
      return (
        link && choose(link[1]!.replaceAll('""', '"'), (link[2] ?? link[3]?.trim())?.replaceAll('""', '"'), isAddress)
      )
    }
    case LESS_THAN: {
      const link = HTML_LINK.exec(text)
      const href = link === null ? undefined : HREF.exec(link[1]!)?.[1]
      if (href !== undefined) return choose(href, link![2]!.replace(TAG, ''), isAddress)
      const angles = ANGLES.exec(text)
      return angles && choose(angles[1]!, angles[2], isAddress)
    }
    case BRACKET: {
      const link = MARKDOWN.exec(text)
      if (link !== null) return choose(link[2]!, link[1], isAddress)
      return isAddress ? (SQUARE.exec(text)?.[1] ?? null) : null
    }
  }
  return null
}

function choose(address: string, label: string | undefined, isAddress: boolean): string {
  const [first, second] = isAddress ? [address, label] : [label, address]
  return first === undefined || first.trim() === '' ? (second ?? '') : first
}
