/** Recognises a row of types below a header: `string,string,email`. */

/** Types that are also headers. */
const KINDS =
  /^(email|e-mail|phone|phone ?number|url|uri|link|website|date|datetime|number|currency|picklist|required|optional|yes|no|id|uuid|list|country)$/i
/** Types that no value of a contact or company has. */
const TYPES =
  /^(string|text|single ?line ?text|multi ?line ?text|long ?text|rich ?text|int|integer|bigint|float|double|decimal|numeric|bool|boolean|varchar|char|nvarchar|object|enum|enumeration|timestamp|array|alphanumeric|dropdown|drop-down)( ?\(\d+\))?$/i

/** Whether each filled cell is a type, some of them nothing else, and at least half of the columns have one. */
export function isRowOfTypes(cells: readonly string[], header: readonly string[]): boolean {
  if (cells.length > header.length) return false
  let [filled, certain] = [0, 0]
  for (const cell of cells) {
    const text = cell.trim()
    if (text === '') continue
    filled++
    if (text.length > 40) return false
    if (TYPES.test(text)) certain++
    else if (!KINDS.test(text)) return false
  }
  return certain > 0 && filled * 2 >= header.length
}
