/** The documents that are generated: docs/openapi.json out of the routes, docs/fields.md out of the registry of fields. */
import { pino } from 'pino'
import { readConfig } from '../config.ts'
import {
  companyFieldAlias,
  FIELDS,
  type Field,
  filterType,
  isSortable,
  MAX_LIST_ITEMS,
  type Service,
} from '../fields.ts'
import type { DirectoryStore } from '../files/directory.ts'
import type { ServerParts } from './parts.ts'
import { buildServer } from './server.ts'

/** Adding a route asks nothing of the parts, and here none is ever called; a directory as store has all routes. */
export async function openApiDocument(): Promise<string> {
  const store: Pick<DirectoryStore, 'verify'> = {
    verify: () => {
      throw new Error('this server only describes itself')
    },
  }
  const parts = { config: readConfig({}), log: pino({ level: 'silent' }), store } as unknown as ServerParts
  const app = await buildServer(parts)
  await app.ready()
  const document = app.swagger()
  await app.close()
  return `${JSON.stringify(document, null, 2)}\n`
}

const CLEANING = `## What happens to values

- Text is normalised (Unicode NFC), white space collapsed, control and other invisible characters removed; an empty string is null.
- Fields marked "lower case" are stored so. Comparing ignores case and accents in every field.
- Lists are JSON arrays or comma-separated strings; empty items and repeats (ignoring case) go. At most ${MAX_LIST_ITEMS} items.
- Numbers may be written \`1,200\`, \`$5.2M\`, \`3k\`. What is no single number counts as not sent, with a warning.
- E-mail addresses without a local part, \`@\` and a domain count as not sent, with a warning. Phones become E.164 where they can.
- \`normalized_domain\` follows from the website; without one it is the domain that was sent.
- A field that is absent keeps its value. In the record endpoints null clears it; in rows and files an empty cell keeps it.
`

/** docs/fields.md. */
export function describeFields(): string {
  return `# Fields

Every field can be selected and filtered; every one but the lists can be sorted by. In a query of contacts each field of
their company is one too, by its "as a contact's filter" name. A row key is the name of the field in CSV-like rows; files
are read under many more names.

${describeService('company', 'Companies')}
${describeService('contact', 'Contacts')}
${CLEANING}`
}

function describeService(service: Service, title: string): string {
  const columns = ['field', 'kind', 'filter', 'row key', 'most bytes', 'remarks']
  if (service === 'company') columns.splice(4, 0, "as a contact's filter")
  const rows = FIELDS[service].map(field => {
    const cells = [`\`${field.name}\``, field.kind, filterType(field), code(field.rowKey), bytes(field), remarks(field)]
    if (service === 'company') cells.splice(4, 0, code(companyFieldAlias(field)))
    return cells
  })
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return `## ${title}\n\n${[columns, columns.map(() => '---'), ...rows].map(line).join('\n')}\n`
}

function code(name: string | null): string {
  return name === null ? '' : `\`${name}\``
}

function bytes(field: Field): string {
  if (field.kind === 'list') return `${field.maxBytes} an item`
  return field.kind === 'text' || field.kind === 'keyword' ? String(field.maxBytes) : ''
}

function remarks(field: Field): string {
  return [
    field.settable ? null : 'set by the system',
    field.lowercase ? 'lower case' : null,
    isSortable(field) ? null : 'not sortable',
    field.format,
  ]
    .filter(remark => remark !== null)
    .join(', ')
}
