/** Generates docs/openapi.json from the routes and docs/fields.md from the registry of fields. */
import { pino } from 'pino'
import { readConfig } from '../config.ts'
import {
  companyFieldAlias,
  FIELDS,
  type Field,
  filterType,
  isSortable,
  MAX_LIST_BYTES,
  MAX_LIST_ITEMS,
  MAX_RECORD_BYTES,
  type Service,
} from '../fields.ts'
import type { DirectoryStore } from '../files/directory.ts'
import type { ServerParts } from './parts.ts'
import { buildServer } from './server.ts'

/** Registering routes does not use the parts, so stubs are enough. The stub of the store has `verify`, so that the file routes exist. */
export async function openApiDocument(environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const store: Pick<DirectoryStore, 'verify'> = {
    verify: () => {
      throw new Error('this server only generates documentation')
    },
  }
  const parts = { config: readConfig(environment), log: pino({ level: 'silent' }), store } as unknown as ServerParts
  const app = await buildServer(parts)
  await app.ready()
  const document = app.swagger()
  await app.close()
  return `${JSON.stringify(document, null, 2)}\n`
}

const CLEANING = `## How values are cleaned

- **Text**: normalised to Unicode NFC. White space is collapsed; control characters and other invisible characters are
  removed. An empty string becomes null.
- **Case**: fields marked "lower case" are stored in lower case. Fields marked "lower case in replies" are stored as
  written; replies have them in lower case unless the query says [\`"case": "original"\`](querying.md#case). Comparisons
  ignore case and accents in every field.
- **Lists**: JSON arrays or comma-separated strings. Empty items and duplicates (ignoring case) are removed. Industries of
  LinkedIn that contain commas, such as \`Oil, Gas, and Mining\`, are not split.
  A list has at most ${MAX_LIST_ITEMS.toLocaleString('en')} items and ${MAX_LIST_BYTES.toLocaleString('en')} bytes.
- **Length**: each field has a maximum length, which is listed above, and a record has at most
  ${MAX_RECORD_BYTES.toLocaleString('en')} bytes. A longer value is \`ERR_VALUE_TOO_LONG\`. So is a text that is much longer before it is cleaned.
- **Numbers**: may be written as \`1,200\`, \`1 200\`, \`1.200,00 €\`, \`$5.2M\`, \`5,2 Mio\` or \`3k\`. A value that is not a
  single number, or has two readings (\`1.200\`, \`5,2\`), is ignored, with a warning.
- **E-mail addresses**: the address within the text is stored, such as that of \`Ada <ada@x.example>\`. Of several addresses
  the first is stored, with a warning. A text without an address (local part, \`@\`, a domain with a dot) is ignored, with a
  warning.
- **Phones**: converted to E.164 if they are valid: as written with \`+\`; else after an exit code such as \`00\`; else after the
  calling code of the record's country; else as a number of this country. An extension follows as \` ext. 5\`. If none of
  these is valid, the text is stored, with a warning. Of several numbers the first is stored, and the others go into the empty
  phone fields of the record; one for which no field is left is reported. What is not a phone number, such as \`n/a\`, \`0\` or
  \`4.15E+09\`, is ignored, with a warning.
- **Websites**: of several addresses the first is stored, with a warning. \`https//\` and similar slips are corrected.
- **LinkedIn URLs**: an address without a profile or a company, such as \`https://www.linkedin.com/in/\`, is ignored, with a
  warning.
- **Country codes**: \`country_code\` is the ISO 3166-1 alpha-2 code of \`country\`, which may be a name in one of 17 languages, a
  code of two or three letters, or a usual spelling (\`USA\`, \`Deutschland\`, \`DEU\`). It is null for any other country.
- **Domains**: \`normalized_domain\` is derived from the website. Without a website it is the domain that was sent. If a
  row has neither, it is the domain of the contact's e-mail address, unless that belongs to a public mail provider.

A field that is absent from a request keeps its stored value, and so does a field whose value is ignored. To clear a
field, send null to \`/companies/batch-upsert\` or \`/contacts/batch-upsert\`. Files and \`/common/batch-upsert\` cannot clear
a field: an empty cell keeps the stored value.
`

/** The text of docs/fields.md. */
export function describeFields(): string {
  return `# Fields

All fields can be selected and filtered. Results can be sorted by all fields except lists.

- **kind**: \`text\` is searched by words; \`keyword\` is compared as a whole; a \`list\` contains several keywords; \`integer\`,
  \`date\` and \`uuid\` are compared by value.
- **filter**: the type of filter that is listed for the field: \`text\`, \`keyword\` (whole values) or \`range\`
  ([facets](querying.md#facets)).
- **row key**: the name of the field in files and in rows sent to \`/common/batch-upsert\`. Files can also use many other
  names ([importing](importing.md#columns)).
- **name in contact queries**: the name of a company's field in a query or an export of contacts.
- **max bytes**: the maximum length of a value, in bytes of UTF-8.

${describeService('company', 'Companies')}
${describeService('contact', 'Contacts')}
${CLEANING}`
}

function describeService(service: Service, title: string): string {
  const columns = ['field', 'kind', 'filter', 'row key', 'max bytes', 'notes']
  if (service === 'company') columns.splice(4, 0, 'name in contact queries')
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
  if (field.kind === 'list') return `${field.maxBytes} per item`
  return field.kind === 'text' || field.kind === 'keyword' ? String(field.maxBytes) : ''
}

/** The names of the other fields say their format. */
const NOTED_FORMATS: ReadonlySet<Field['format']> = new Set(['email', 'phone', 'domain'])

function remarks(field: Field): string {
  return [
    field.computed ? 'computed from `country`' : field.settable ? null : 'set by the system',
    field.lowercase ? 'lower case' : null,
    field.answered === 'lower' ? 'lower case in replies' : null,
    isSortable(field) ? null : 'not sortable',
    NOTED_FORMATS.has(field.format) ? field.format : null,
  ]
    .filter(remark => remark !== null)
    .join(', ')
}
