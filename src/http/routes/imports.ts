/** What an import would make of a file. */
import { ConnectraError } from '../../errors.ts'
import { validateImportData } from '../../jobs/import/data.ts'
import { PREVIEW_ROWS, previewImport } from '../../jobs/import/preview.ts'
import { importPreview, previewRequest } from '../import-schemas.ts'
import type { App, ServerParts } from '../parts.ts'
import { success } from '../schemas.ts'

/** Previews that a process makes at a time: each holds some megabytes, and takes this thread for up to half a second. */
const MAX_AT_A_TIME = 4
const RETRY_AFTER_SECONDS = 1

export function importRoutes(app: App, { database, store }: ServerParts): void {
  let reading = 0
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
      const asked = validateImportData(data)
      if (reading >= MAX_AT_A_TIME)
        throw new ConnectraError('ERR_UNAVAILABLE', `${reading} previews are under way: try again in a second`, {
          retryAfter: RETRY_AFTER_SECONDS,
        })
      reading++
      try {
        return { success: true as const, data: await previewImport(database, store, asked, rows) }
      } finally {
        reading--
      }
    },
  )
}
