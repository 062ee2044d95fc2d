/** CSV-like rows, each with a company, a contact or both. */
import { Type } from 'typebox'
import type { Problem } from '../../errors.ts'
import { readObject } from '../../json/read.ts'
import { watchNames } from '../../records/parse/name-watch.ts'
import { parseRow } from '../../records/parse/parse-row.ts'
import { rowKeys } from '../../records/parse/row-keys.ts'
import type { ParsedRow } from '../../records/record.ts'
import { checkBatch, onErrorQuery, readInPortions, refuseOrReport } from '../batch.ts'
import type { App, WriteParts } from '../parts.ts'
import { announceWrite } from '../read-your-writes.ts'
import { nullable, reference } from '../schemas/parts.ts'
import { problems, success } from '../schemas.ts'
import { checkedByHandler } from '../validation.ts'

type JsonRow = Readonly<Record<string, unknown>>

export function rowRoutes(app: App, parts: WriteParts): void {
  const { config, upsert, engine } = parts
  const uuid = Type.String({ format: 'uuid' })
  app.post(
    '/common/batch-upsert',
    {
      config: { takesBatch: true },
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
    },
    async (request, reply) => {
      const data = checkBatch(readObject(request.body, '', ['data']).get('data'), 'data', config.maxBatch)
      const ignored = new Set<string>()
      const names = watchNames()
      const read = (row: unknown, index: number): ParsedRow => {
        if (!isObject(row))
          return reject({ index, field: null, code: 'ERR_INVALID_VALUE', message: 'a row must be an object' })
        for (const key of Object.keys(row)) if (!rowKeys().has(key)) ignored.add(key)
        return parseRow(row, index, { names })
      }
      const parsed = await readInPortions(data, read, reject)
      const reported = refuseOrReport(
        parsed.flatMap(row => row.problems),
        parsed.flatMap(row => row.warnings),
        { total: data.length, skip: request.query.on_error === 'skip' },
      )
      const companies = parsed.flatMap(row => row.company ?? [])
      const contacts = parsed.flatMap(row => row.contact ?? [])
      const { seq } = await upsert({ companies, contacts })
      await announceWrite(reply, engine, seq)
      return {
        success: true as const,
        message: 'Batch upsert successful',
        company_uuids: [...new Set(companies.map(company => company.uuid))],
        contact_uuids: [...new Set(contacts.map(contact => contact.uuid))],
        rows: parsed.map(({ company, contact }) => ({
          company_uuid: company?.uuid ?? null,
          contact_uuid: contact?.uuid ?? null,
        })),
        ...(ignored.size > 0 ? { ignored_columns: [...ignored] } : {}),
        ...reported,
      }
    },
  )
}

function isObject(row: unknown): row is JsonRow {
  return typeof row === 'object' && row !== null && !Array.isArray(row)
}

function reject(problem: Problem): ParsedRow {
  return { company: null, contact: null, problems: [problem], warnings: [] }
}
