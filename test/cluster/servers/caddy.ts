/** The load balancer of deploy/: Caddy with deploy/Caddyfile, on 127.0.0.1 only. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { buildGoProgram, type GoProgram, missingForGoProgram } from './go-programs.ts'

export const CADDY: GoProgram = {
  name: 'caddy',
  source: 'github.com/caddyserver/caddy/v2/cmd/caddy',
  version: 'v2.11.9',
}
const CADDYFILE = join(import.meta.dirname, '../../../deploy/Caddyfile')

/** Where it listens, and where it sends requests: ports of this machine. */
export interface CaddyPorts {
  readonly api: number
  readonly files: number
  readonly admin: number
  readonly nodes: readonly number[]
  readonly s3: number
}

export interface CaddyCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** What is missing on this machine, or null if it can be started. */
export async function missingForCaddy(): Promise<string | null> {
  return await missingForGoProgram(CADDY)
}

/** The command that runs it with its own data in `home`, which is created. */
export async function caddyCommand(home: string, ports: CaddyPorts): Promise<CaddyCommand> {
  await mkdir(home, { recursive: true })
  return {
    file: await buildGoProgram(CADDY),
    args: ['run', '--config', CADDYFILE, '--adapter', 'caddyfile'],
    env: {
      SITE: `:${ports.api}`,
      S3_SITE: `:${ports.files}`,
      BIND: 'bind 127.0.0.1',
      NODES: ports.nodes.map(port => `127.0.0.1:${port}`).join(' '),
      S3: `127.0.0.1:${ports.s3}`,
      CADDY_ADMIN: `127.0.0.1:${ports.admin}`,
      XDG_DATA_HOME: home,
      XDG_CONFIG_HOME: home,
    },
  }
}
