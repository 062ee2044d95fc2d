/** The generated documents, keyed by their path in the repository. */
import { describeSettings } from '../src/config.ts'
import { describeFields, openApiDocument } from '../src/http/documents.ts'

export async function generateDocuments(): Promise<Readonly<Record<string, string>>> {
  return {
    'docs/openapi.json': await openApiDocument(),
    'docs/fields.md': describeFields(),
    'docs/configuration.md': describeSettings(),
  }
}
