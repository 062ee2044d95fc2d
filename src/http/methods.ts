/** Adds 405 replies for the methods that a path does not support. */
import type { HTTPMethods, RouteOptions } from 'fastify'
import type { App } from './parts.ts'

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'QUERY']

/** Records the routes that are added after this call. The returned function adds the 405 replies for all of them. */
export function watchMethods(app: App): () => void {
  const known = new Map<string, Set<HTTPMethods>>()
  app.addHook('onRoute', ({ url, method, config }: RouteOptions) => {
    if (url === '*' || config?.allow !== undefined) return
    const path = url.length > 1 ? url.replace(/\/$/, '') : url
    const methods = known.get(path) ?? new Set()
    for (const name of [method].flat()) methods.add(name)
    known.set(path, methods)
  })
  return () => {
    for (const [url, supported] of known) {
      const method = METHODS.filter(name => !supported.has(name))
      const config = { allow: METHODS.filter(name => supported.has(name)).join(', ') }
      app.route({ url, method, config, schema: { hide: true }, handler: async () => {} })
    }
  }
}
