/** Previews of imports. */
import { type Static, Type } from 'typebox'
import { ConnectraError } from '../../errors.ts'
import { selectBucket } from '../../files/object-store.ts'
import { validateImportData } from '../../jobs/import/data.ts'
import { PREVIEW_ROWS, previewImport } from '../../jobs/import/preview.ts'
import { bucketName } from '../../jobs/job/job-data.ts'
import type { App, ServerParts } from '../parts.ts'
import { importPreview, previewRequest } from '../schemas/imports.ts'
import { reference } from '../schemas/parts.ts'
import { success } from '../schemas.ts'
import { checkedAs } from '../validation.ts'

/** Concurrent previews per process. Each runs a thread for up to five seconds. */
const MAX_CONCURRENT = 4
const RETRY_AFTER_SECONDS = 1

export function importRoutes(app: App, { database, store }: ServerParts): void {
  let reading = 0
  app.post(
    '/common/imports/preview',
    {
      schema: {
        tags: ['Jobs'],
        operationId: 'previewImport',
        summary: 'Preview an import',
        description:
          'Shows how the file is read, what each column means and why, and which records its first rows would become. Reads only the beginning of the file and stores nothing. Then create the job with the same `s3_key`, `mapping`, `service` and `encoding`.',
        body: Type.Unsafe<Static<typeof previewRequest>>(reference('PreviewRequest')),
        response: success({ data: importPreview }),
      },
      validatorCompiler: checkedAs({ body: previewRequest }),
    },
    async request => {
      const { rows = PREVIEW_ROWS.default, ...data } = request.body
      const asked = validateImportData(data)
      const files = selectBucket(store, bucketName(data), 'ERR_INVALID_JOB_DATA')
      if (reading >= MAX_CONCURRENT)
        throw new ConnectraError('ERR_UNAVAILABLE', `${reading} previews are running: try again in a second`, {
          retryAfter: RETRY_AFTER_SECONDS,
        })
      reading++
      try {
        return { success: true as const, data: await previewImport(database, files, asked, rows) }
      } finally {
        reading--
      }
    },
  )
}
