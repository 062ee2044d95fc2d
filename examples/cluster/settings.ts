/** The settings of the processes of Connectra in the cluster: those of deploy/compose.yaml, with addresses on this machine. */
import { randomBytes } from 'node:crypto'
import { parseEnv } from 'node:util'

/** All on this machine. */
export interface Ports {
  /** The load balancer: the API, and signed URLs of files. */
  readonly api: number
  readonly files: number
  readonly serve1: number
  readonly serve2: number
  readonly postgres: number
  readonly s3: number
  readonly opensearch: number
  readonly opensearchTransport: number
  readonly balancerAdmin: number
}

export const PORTS: Ports = {
  api: 8000,
  files: 9000,
  serve1: 8001,
  serve2: 8002,
  postgres: 5433,
  s3: 7070,
  opensearch: 9200,
  opensearchTransport: 9300,
  balancerAdmin: 2019,
}

/** The ports from `first` on, in the order of PORTS. */
export function portsFrom(first: number): Ports {
  return Object.fromEntries(Object.keys(PORTS).map((name, place) => [name, first + place])) as unknown as Ports
}

export interface Secrets {
  readonly apiKey: string
  readonly databasePassword: string
  readonly s3AccessKey: string
  readonly s3SecretKey: string
}

export const BUCKET = 'connectra'

/** Those in the settings of an earlier start; otherwise random ones. */
export function secretsOf(earlier: string | null): Secrets {
  if (earlier !== null) {
    const settings = parseEnv(earlier)
    return {
      apiKey: settings.API_KEYS!,
      databasePassword: new URL(settings.DATABASE_URL!).password,
      s3AccessKey: settings.AWS_ACCESS_KEY_ID!,
      s3SecretKey: settings.AWS_SECRET_ACCESS_KEY!,
    }
  }
  const random = () => randomBytes(16).toString('hex')
  return { apiKey: random(), databasePassword: random(), s3AccessKey: random(), s3SecretKey: random() }
}

/** The file `.env` that all processes of Connectra read. */
export function settingsFile(ports: Ports, secrets: Secrets): string {
  return `# The settings of all processes of Connectra in this cluster. Written by \`npm run cluster\` at every start; secrets are kept.

# PostgreSQL has the records, jobs and API keys, and the key that signs URLs.
DATABASE_URL=postgresql://connectra:${secrets.databasePassword}@127.0.0.1:${ports.postgres}/connectra

# What clients send, in addition to keys of \`connectra keys create\`.
API_KEYS=${secrets.apiKey}

# The load balancer: its address, its headers about the client, and longer than it needs to notice a server that stops.
PUBLIC_URL=http://localhost:${ports.api}
TRUST_PROXY=true
STOP_GRACE=5s

# Where \`connectra doctor\` and \`connectra console\` look for a server: serve-1. Each server gets its own.
PORT=${ports.serve1}

# Files. Clients reach them through the load balancer.
S3_BUCKET=${BUCKET}
S3_ENDPOINT=http://127.0.0.1:${ports.s3}
S3_PUBLIC_ENDPOINT=http://localhost:${ports.files}
S3_FORCE_PATH_STYLE=true
AWS_ACCESS_KEY_ID=${secrets.s3AccessKey}
AWS_SECRET_ACCESS_KEY=${secrets.s3SecretKey}

# The search index, on a single node, which has no place for copies.
OPENSEARCH_URL=http://127.0.0.1:${ports.opensearch}
OPENSEARCH_SHARDS=1
OPENSEARCH_REPLICAS=0
`
}
