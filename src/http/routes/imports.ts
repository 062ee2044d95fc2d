/** What an import would make of a file. */
import { validateImportData } from '../../jobs/import-data.ts'
import { PREVIEW_ROWS, previewImport } from '../../jobs/import-preview.ts'
import { importPreview, previewRequest } from '../import-schemas.ts'
import type { App, ServerParts } from '../parts.ts'
import { success } from '../schemas.ts'

export function importRoutes(app: App, { database, store }: ServerParts): void {
  app.post(
    '/common/imports/preview',
    {
      schema: {
        tags: ['Jobs'],
        operationId: 'previewImport',
        summary: 'What an import would make of a file',
        description:
          'How the file is read, what each column means and why, and its first rows as the records they would become. Reads only the beginning of the file and stores nothing. The same `s3_key`, `mapping` and `service` then make the job.',
        body: previewRequest,
        response: success({ data: importPreview }),
      },
    },
    async request => {
      const { rows = PREVIEW_ROWS.default, ...data } = request.body
      return { success: true as const, data: await previewImport(database, store, validateImportData(data), rows) }
    },
  )
}
