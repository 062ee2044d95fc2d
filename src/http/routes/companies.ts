import type { App, WriteParts } from '../parts.ts'
import { companyQuery, companyRow } from '../schemas.ts'
import { recordRoutes } from './records.ts'

export function companyRoutes(app: App, parts: WriteParts): void {
  recordRoutes(app, parts, {
    service: 'company',
    path: '/companies',
    tag: 'Companies',
    query: companyQuery,
    row: companyRow,
    uuidsKey: 'company_uuids',
  })
}
