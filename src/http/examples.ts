/**
 * The examples of the OpenAPI document. Each is a request and its reply, with the data of the README's tour. A test sends them
 * in this order. `npm run docs` writes the replies and shortens their lists to the first items.
 */
import consoleExamples from './examples/console.json' with { type: 'json' }
import files from './examples/files.json' with { type: 'json' }
import filters from './examples/filters.json' with { type: 'json' }
import jobs from './examples/jobs.json' with { type: 'json' }
import records from './examples/records.json' with { type: 'json' }

export interface OperationExample {
  /** The operationId. */
  readonly operation: string
  /** Unique within the operation. */
  readonly name: string
  readonly summary: string
  /** The method, and the path with its query string. */
  readonly request: string
  readonly body?: unknown
  /** The API key, if it is another one than that of the tour. The document does not show it. */
  readonly key?: string
  /** JSON, or the text of a file. */
  readonly reply: unknown
}

/** By the name of their file in `examples/`, in the order in which they are sent. */
export const EXAMPLES: Readonly<Record<string, readonly OperationExample[]>> = {
  filters,
  records,
  files,
  jobs,
  console: consoleExamples,
}

interface Media {
  examples?: Record<string, { summary: string; value: unknown }>
}

interface Parameter {
  readonly in: string
  readonly name: string
  example?: unknown
}

interface Operation {
  readonly operationId?: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content?: Readonly<Record<string, Media>> }
  readonly responses?: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>
}

/** Adds the examples to the operations of an OpenAPI document. Parameters get the values of the first example. */
export function addExamples(paths: Readonly<Record<string, object>>): void {
  const byOperation = Map.groupBy(Object.values(EXAMPLES).flat(), example => example.operation)
  for (const [template, methods] of Object.entries(paths))
    for (const operation of Object.values(methods) as Operation[]) {
      const examples = byOperation.get(operation.operationId ?? '') ?? []
      for (const example of examples.slice(0, 1)) addParameters(template, operation, example)
      for (const example of examples) addBodies(operation, example)
    }
}

function addParameters(template: string, { parameters = [] }: Operation, example: OperationExample): void {
  const values = parametersOf(template, example.request.split(' ')[1]!)
  for (const parameter of parameters) {
    const value = values.get(`${parameter.in} ${parameter.name}`)
    if (value !== undefined) parameter.example = value
  }
}

function addBodies({ requestBody, responses }: Operation, example: OperationExample): void {
  for (const media of Object.values(requestBody?.content ?? {})) addValue(media, example, example.body)
  for (const [type, media] of Object.entries(responses?.['200']?.content ?? {}))
    if (type === mediaType(example)) addValue(media, example, example.reply)
}

function addValue(media: Media, { name, summary }: OperationExample, value: unknown): void {
  media.examples = { ...media.examples, [name]: { summary, value } }
}

function mediaType({ request, reply }: OperationExample): string {
  if (typeof reply !== 'string') return 'application/json'
  return request.includes('format=ndjson') ? 'application/x-ndjson' : 'text/csv'
}

/** The values of the parameters, by `path <name>` and `query <name>`. */
function parametersOf(template: string, request: string): ReadonlyMap<string, string> {
  const { pathname, searchParams } = new URL(request, 'http://localhost')
  const parts = pathname.split('/')
  const inPath = template.split('/').flatMap((part, place) => {
    const name = /^\{(.+)\}$/.exec(part)?.[1]
    return name === undefined ? [] : [[`path ${name}`, decodeURIComponent(parts[place]!)] as const]
  })
  return new Map([...inPath, ...[...searchParams].map(([name, value]) => [`query ${name}`, value] as const)])
}
