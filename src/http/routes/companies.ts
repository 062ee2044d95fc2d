import type { App, ServerParts } from '../parts.ts'
import { companyRow } from '../schemas.ts'
import { recordRoutes } from './records.ts'

export function companyRoutes(app: App, parts: ServerParts): void {
  recordRoutes(app, parts, {
    service: 'company',
    path: '/companies',
    tag: 'Companies',
    row: companyRow,
    uuidsKey: 'company_uuids',
  })
}
