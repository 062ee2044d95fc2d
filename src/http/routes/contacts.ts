import type { App, WriteParts } from '../parts.ts'
import { contactQuery, contactRow } from '../schemas.ts'
import { recordRoutes } from './records.ts'

export function contactRoutes(app: App, parts: WriteParts): void {
  recordRoutes(app, parts, {
    service: 'contact',
    path: '/contacts',
    tag: 'Contacts',
    query: contactQuery,
    row: contactRow,
    uuidsKey: 'contact_uuids',
  })
}
