/** What the server is built from, and the type of the server that routes are added to. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { KeyHolder, KeyRing } from '../access/keys.ts'
import type { Config } from '../config.ts'
import type { Database } from '../database/pool.ts'
import type { ObjectStore } from '../files/object-store.ts'
import type { SearchEngine } from '../search/engine.ts'

export type HttpConfig = Pick<
  Config,
  | 'corsOrigins'
  | 'trustProxy'
  | 'rateLimit'
  | 'maxBatch'
  | 'maxBody'
  | 'maxResponse'
  | 'maxUpload'
  | 'exportMaxRows'
  | 'databaseConnections'
>

export interface ServerParts {
  readonly config: HttpConfig
  readonly database: Database
  readonly engine: SearchEngine
  readonly store: ObjectStore
  readonly keys: KeyRing
  readonly log: FastifyBaseLogger
  /** The state of parts that the server does not know, for `/health`: the worker, say. Plain JSON by name of the part. */
  readonly state?: () => Readonly<Record<string, unknown>>
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse<IncomingMessage>,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers without an API key. */
    readonly open?: boolean
    /** The path exists, but not with this method: the methods it has. */
    readonly allow?: string
    /** The body is a file: any Content-Type is right. */
    readonly takesFile?: boolean
    /** The body is a batch of records, up to MAX_BODY; others are smaller. */
    readonly takesBatch?: boolean
  }
  interface FastifyRequest {
    /** Whose key the request carries; null on open paths. */
    holder: KeyHolder | null
  }
}
