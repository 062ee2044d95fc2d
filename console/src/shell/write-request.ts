/** An API request as a command or a piece of a program. The key is read from the environment, so that it is not copied along. */
export interface ApiRequest {
  readonly title: string
  readonly method: 'GET' | 'POST'
  /** From the root of the server, with a leading slash. */
  readonly path: string
  readonly body?: unknown
}

export const LANGUAGES = [
  { id: 'curl', label: 'curl' },
  { id: 'javascript', label: 'JavaScript' },
  { id: 'python', label: 'Python' },
] as const

export type Language = (typeof LANGUAGES)[number]['id']

/** `baseUrl` ends with a slash. */
export function writeRequest(request: ApiRequest, language: Language, baseUrl: string): string {
  const url = baseUrl + request.path.slice(1)
  if (language === 'curl') return curl(request, url)
  return language === 'javascript' ? javascript(request, url) : python(request, url)
}

function curl({ method, body }: ApiRequest, url: string): string {
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${shellQuote(url)}`,
    '-H "Authorization: Bearer $CONNECTRA_KEY"',
  ]
  if (body !== undefined) lines.push("-H 'Content-Type: application/json'", `-d ${shellQuote(json(body))}`)
  return lines.join(' \\\n  ')
}

function javascript({ method, body }: ApiRequest, url: string): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is part of the program that is written
  const headers = ['Authorization: `Bearer ${process.env.CONNECTRA_KEY}`']
  if (body !== undefined) headers.push("'Content-Type': 'application/json'")
  const options = [`method: '${method}'`, `headers: { ${headers.join(', ')} }`]
  if (body !== undefined) options.push(`body: JSON.stringify(${indent(json(body), 2)})`)
  return `const response = await fetch(${JSON.stringify(url)}, {\n  ${options.join(',\n  ')},\n})\nconst reply = await response.json()\nif (!reply.success) throw new Error(reply.error)`
}

function python({ method, body }: ApiRequest, url: string): string {
  const options = [`headers={"Authorization": f"Bearer {os.environ['CONNECTRA_KEY']}"}`]
  if (body !== undefined) options.push(`json=${indent(pythonValue(body), 4)}`)
  return `import os\nimport requests\n\nresponse = requests.${method.toLowerCase()}(\n    ${JSON.stringify(url)},\n    ${options.join(',\n    ')},\n)\nresponse.raise_for_status()\nreply = response.json()`
}

const json = (value: unknown): string => JSON.stringify(value, null, 2)

/** Single quotes keep everything but themselves. */
function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

function indent(text: string, spaces: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(spaces)}`)
}

/** JSON strings are Python strings. Only the three constants have other names. */
function pythonValue(value: unknown, depth = 0): string {
  const pad = '    '.repeat(depth + 1)
  const end = `\n${'    '.repeat(depth)}`
  if (value === null || value === undefined) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[\n${value.map(item => pad + pythonValue(item, depth + 1)).join(',\n')},${end}]`
  }
  if (typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    if (entries.length === 0) return '{}'
    return `{\n${entries.map(([name, item]) => `${pad}${JSON.stringify(name)}: ${pythonValue(item, depth + 1)}`).join(',\n')},${end}}`
  }
  return JSON.stringify(value)
}
