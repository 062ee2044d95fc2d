/** The dependencies of the server, and the type of the Fastify instance that routes are added to. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { KeyHolder, KeyRing } from '../access/key-ring.ts'
import type { Config } from '../config.ts'
import type { Database } from '../database/pool.ts'
import type { ObjectStore } from '../files/object-store.ts'
import type { Upsert } from '../records/write/upsert-together.ts'
import type { SearchEngine } from '../search/engine.ts'
import type { BatchKind } from './batch/read-batch.ts'

export type HttpConfig = Pick<
  Config,
  | 'publicUrl'
  | 'corsOrigins'
  | 'trustProxy'
  | 'rateLimit'
  | 'maxBatch'
  | 'maxBody'
  | 'maxResponse'
  | 'maxUpload'
  | 'exportMaxRows'
  | 'databaseConnections'
  | 'maxLag'
>

export interface ServerParts {
  readonly config: HttpConfig
  readonly database: Database
  readonly engine: SearchEngine
  readonly store: ObjectStore
  readonly keys: KeyRing
  readonly log: FastifyBaseLogger
  /** The state of further parts for `/health`, such as the worker: plain JSON by the name of the part. */
  readonly state?: () => Readonly<Record<string, unknown>>
  /** Whether the server is about to close: load balancers should send no more requests, but those that arrive are answered. */
  readonly stopping?: () => boolean
  /** The folder of the built console. Default: that of the package (console/built-console.ts). */
  readonly consoleDirectory?: string
}

/** What routes that write records need in addition. */
export interface WriteParts extends ServerParts {
  readonly upsert: Upsert
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
    /** No API key is needed. */
    readonly open?: boolean
    /** With `open`: `holder` is set if the request has a valid key. */
    readonly takesKey?: boolean
    /** Only admin keys are accepted. */
    readonly admin?: boolean
    /** Set if the path exists but does not support this method: the methods it supports. */
    readonly allow?: string
    /** The body is a file; any Content-Type is accepted. */
    readonly takesFile?: boolean
    /** The body is a batch, to be taken with `takeBatch`. It may have up to MAX_BODY bytes, other bodies fewer. */
    readonly takesBatch?: BatchKind
  }
  interface FastifyRequest {
    /** The holder of the request's API key; null on open paths, unless they take a key and there is a valid one. */
    holder: KeyHolder | null
  }
}
