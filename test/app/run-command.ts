/** Runs a command within the test, on the database at `databaseUrl`. */
import type { Context, Run } from '../../src/commands/context.ts'
import { createProgram } from '../../src/commands/program.ts'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import type { Outcome } from './processes.ts'

export async function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const output = { code: 0, stdout: '', stderr: '' }
  const config = readConfig(environment)
  const context: Context = {
    config,
    log: createLog('error', process.stderr),
    signal: new AbortController().signal,
    print(line) {
      output.stdout += `${line}\n`
    },
    say(line) {
      output.stderr += `${line}\n`
    },
    interactive: false,
    init: false,
  }
  const run: Run =
    work =>
    async (...args) => {
      output.code = (await work(context, ...args)) ?? 0
    }
  const program = await createProgram(run, args[0])
  await program.parseAsync(args, { from: 'user' })
  return output
}
