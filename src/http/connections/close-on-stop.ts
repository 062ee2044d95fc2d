/**
 * Lets the server stop as soon as the last request is answered. Fastify closes the connections that are idle when the stop
 * begins. The others would stay open after their response until the client closes them, which a proxy may do after minutes.
 * From the moment the server announces its stop, each response closes its connection, so that few are left at its end.
 */
import type { App } from '../parts.ts'

export function closeOnStop(app: App, announced: () => boolean = () => false): void {
  let stopping = false
  app.addHook('preClose', async () => {
    stopping = true
  })
  app.addHook('onSend', async (_request, reply) => {
    if (stopping || announced()) reply.header('Connection', 'close')
  })
  // A response whose headers were sent before the stop.
  app.addHook('onResponse', async () => {
    if (stopping) setImmediate(() => app.server.closeIdleConnections())
  })
}
