import { execFile, spawn } from 'node:child_process'
import { delimiter } from 'node:path'

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The environment of a user: without this checkout's programs, and without what `npm run` passes on to npm. */
const environment = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_(?!config_(registry|cache)$)|NODE_(?!EXTRA_CA_CERTS$)|INIT_CWD$)/.test(name),
    ),
  ),
  PATH: (process.env.PATH ?? '')
    .split(delimiter)
    .filter(folder => !/node_modules|node-gyp-bin/.test(folder))
    .join(delimiter),
  npm_config_prefer_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
}

/** Runs a command to its end as a user would. */
export async function run(directory: string, command: string, ...args: string[]): Promise<Outcome> {
  return await new Promise(resolve => {
    const child = execFile(
      command,
      args,
      { cwd: directory, env: environment, maxBuffer: 64 << 20 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
  })
}

/** The same, but the command has to succeed. Returns its standard output. */
export async function succeed(directory: string, command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(directory, command, ...args)
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} exited with code ${code}:\n${stdout}\n${stderr}`)
  return stdout
}

/** Starts a command that runs until it is stopped. */
export function start(directory: string, settings: Readonly<Record<string, string>>, command: string, args: string[]) {
  return spawn(command, args, {
    cwd: directory,
    env: { ...environment, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}
