import type { App, ServerParts } from '../parts.ts'
import { contactQuery, contactRow } from '../schemas.ts'
import { recordRoutes } from './records.ts'

export function contactRoutes(app: App, parts: ServerParts): void {
  recordRoutes(app, parts, {
    service: 'contact',
    path: '/contacts',
    tag: 'Contacts',
    query: contactQuery,
    row: contactRow,
    uuidsKey: 'contact_uuids',
  })
}
