/** CSV-like rows, each with a company, a contact or both. */
import { Type } from 'typebox'
import { takeBatch } from '../batch/batch-reader.ts'
import { onErrorQuery, refuseOrReport, serialiseReport } from '../batch/report.ts'
import type { App, WriteParts } from '../parts.ts'
import { announceWrite } from '../read-your-writes.ts'
import { nullable, reference } from '../schemas/parts.ts'
import { problems, success } from '../schemas.ts'
import { checkedByHandler } from '../validation.ts'

export function rowRoutes(app: App, parts: WriteParts): void {
  const { config, upsert, engine } = parts
  const uuid = Type.String({ format: 'uuid' })
  app.post(
    '/common/batch-upsert',
    {
      config: { takesBatch: 'row' },
      schema: {
        tags: ['Rows'],
        operationId: 'upsertRows',
        summary: 'Upsert companies and contacts from CSV-like rows',
        description: 'An empty or null cell keeps the stored value. Unknown keys are ignored and reported.',
        querystring: onErrorQuery,
        body: Type.Object(
          { data: Type.Array(reference('Row'), { minItems: 1, maxItems: config.maxBatch }) },
          { additionalProperties: false },
        ),
        response: success({
          message: Type.String(),
          company_uuids: Type.Array(uuid, { description: 'Distinct, in order of first appearance' }),
          contact_uuids: Type.Array(uuid, { description: 'Distinct, in order of first appearance' }),
          rows: Type.Array(Type.Object({ company_uuid: nullable(uuid), contact_uuid: nullable(uuid) }), {
            description: 'One per row of the request',
          }),
          ignored_columns: Type.Optional(Type.Array(Type.String())),
          warnings: Type.Optional(problems),
          rejected: Type.Optional(problems),
        }),
      },
      validatorCompiler: checkedByHandler,
      serializerCompiler: serialiseReport,
    },
    async (request, reply) => {
      const batch = await takeBatch(request.body, { kind: 'row', maxBatch: config.maxBatch })
      const reported = refuseOrReport(batch, request.query.on_error === 'skip')
      const { writes, ignored } = batch
      const companies = writes.flatMap(row => row.company ?? [])
      const contacts = writes.flatMap(row => row.contact ?? [])
      const { seq } = await upsert({ companies, contacts })
      await announceWrite(reply, engine, seq)
      return {
        success: true as const,
        message: 'Batch upsert successful',
        company_uuids: [...new Set(companies.map(company => company.uuid))],
        contact_uuids: [...new Set(contacts.map(contact => contact.uuid))],
        rows: writes.map(({ company, contact }) => ({
          company_uuid: company?.uuid ?? null,
          contact_uuid: contact?.uuid ?? null,
        })),
        ...(ignored.length > 0 ? { ignored_columns: [...ignored] } : {}),
        ...reported,
      }
    },
  )
}
