/** The whole command line: every command, with its options and help. */
import { Command, Option } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { addAcceptFiles } from './accept-files.ts'
import { addBackup } from './backup.ts'
import type { Run } from './context.ts'
import { addDelete } from './delete.ts'
import { addDoctor } from './doctor.ts'
import { addExport } from './export.ts'
import { addImport } from './import.ts'
import { addKeys } from './keys.ts'
import { addMigrate } from './migrate.ts'
import { addReindex } from './reindex.ts'
import { addRestore } from './restore.ts'
import { addServe } from './serve.ts'

/** Wrong usage and requests for help are thrown as commander's CommanderError. */
export function createProgram(run: Run): Command {
  const program = new Command('connectra')
    .description(`${packageJson.description}\nSettings are read from environment variables: see docs/configuration.md.`)
    .version(packageJson.version)
    .showHelpAfterError('(see --help for all options)')
    .addHelpText('after', '\nExit codes: 0 success, 1 failure, 2 wrong usage or invalid settings.')
  for (const add of [
    addServe,
    addImport,
    addExport,
    addKeys,
    addDelete,
    addBackup,
    addRestore,
    addMigrate,
    addReindex,
    addAcceptFiles,
    addDoctor,
  ])
    add(program, run)
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
