import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, join } from 'node:path'

/** Runs a command to its end in `directory`. Its output is shown only if it fails; then this throws. */
export async function run(
  name: string,
  command: string,
  args: readonly string[],
  { directory }: { readonly directory: string },
): Promise<void> {
  const started = performance.now()
  const child = spawn(command, args, {
    cwd: directory,
    env: {
      ...process.env,
      // Generators call formatters, which are installed beside them.
      PATH: [join(directory, 'venv/bin'), process.env.PATH].join(delimiter),
      REDOCLY_TELEMETRY: 'off',
      REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const append = (text: string) => {
    output += text
  }
  child.stdout.setEncoding('utf8').on('data', append)
  child.stderr.setEncoding('utf8').on('data', append)
  const [code] = await once(child, 'close')
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${code === 0 ? 'ok' : 'FAILED'}  ${name} (${seconds} s)`)
  if (code === 0) return
  console.log(output)
  throw new Error(`${name} exited with code ${code}`)
}
