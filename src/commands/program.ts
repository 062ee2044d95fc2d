/** The whole command line: every command, with its options and help. */
import { Command, Option } from 'commander'
import { packageJson } from '../package-json.ts'
import { printableLines } from '../text/printable.ts'
import type { Run } from './context.ts'

type AddCommand = (program: Command, run: Run) => void

/** What adds each command, in the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  serve: async () => (await import('./serve.ts')).addServe,
  work: async () => (await import('./serve.ts')).addWork,
  import: async () => (await import('./import.ts')).addImport,
  export: async () => (await import('./export.ts')).addExport,
  jobs: async () => (await import('./jobs.ts')).addJobs,
  keys: async () => (await import('./keys.ts')).addKeys,
  console: async () => (await import('./keys.ts')).addConsole,
  delete: async () => (await import('./delete.ts')).addDelete,
  backup: async () => (await import('./backup.ts')).addBackup,
  restore: async () => (await import('./restore.ts')).addRestore,
  migrate: async () => (await import('./migrate.ts')).addMigrate,
  reindex: async () => (await import('./reindex.ts')).addReindex,
  'accept-files': async () => (await import('./accept-files.ts')).addAcceptFiles,
  doctor: async () => (await import('./doctor.ts')).addDoctor,
}

/**
 * Wrong usage and requests for help are thrown as commander's CommanderError. If `name` is the name of a command, the program has
 * only this one: loading all of them takes three times as long as most commands.
 */
export async function createProgram(run: Run, name = ''): Promise<Command> {
  const program = new Command('connectra')
    // Before the commands are added, which inherit it. Messages quote arguments.
    .configureOutput({ outputError: (message, write) => write(printableLines(message)) })
    .description(`${packageJson.description}\nSettings are read from environment variables: see docs/configuration.md.`)
    .version(packageJson.version)
    .showHelpAfterError('(see --help for all options)')
    .addHelpText('after', '\nExit codes: 0 success, 1 failure, 2 wrong usage or invalid settings.')
  for (const load of Object.hasOwn(COMMANDS, name) ? [COMMANDS[name]!] : Object.values(COMMANDS))
    (await load())(program, run)
  addInit(program)
  for (const command of [program, ...program.commands.flatMap(each => [each, ...each.commands])]) command.exitOverride()
  return program
}

/** `serve` always creates the database, `doctor` never. */
const WITHOUT_INIT = ['serve', 'doctor']

/** Adds `--init` to the commands that need an existing database. */
function addInit(program: Command): void {
  for (const command of program.commands) {
    if (WITHOUT_INIT.includes(command.name())) continue
    const targets = command.commands.length > 0 ? command.commands : [command]
    for (const target of targets) target.addOption(new Option('--init', 'create the database if DATA_DIR has none'))
  }
}
