const WIDTH = 120

/** JSON for documents: a value that fits stands on one line, others are split into one line per member. */
export function formatJson(value: unknown, indent = '', used = 0): string {
  const line = oneLine(value)
  if (typeof value !== 'object' || value === null || indent.length + used + line.length <= WIDTH) return line
  const inner = `${indent}  `
  const members = Array.isArray(value)
    ? value.map(item => `${inner}${formatJson(item, inner)}`)
    : Object.entries(value).map(([key, item]) => {
        const name = `${JSON.stringify(key)}: `
        return `${inner}${name}${formatJson(item, inner, name.length)}`
      })
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${members.join(',\n')}\n${indent}${close}`
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${oneLine(item)}`)
  return `{${members.join(', ')}}`
}

/** Lists cut to their first items, for replies that are shown in part. */
export function shortened(value: unknown, items = 3): unknown {
  if (Array.isArray(value)) return value.slice(0, items).map(item => shortened(item, items))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shortened(item, items)]))
}
