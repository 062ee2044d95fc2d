/** The whole command line: every command, with its options and help. */
import { Command } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { printableLines } from '../text/printable.ts'
import { addBackup } from './backup.ts'
import type { Run } from './context.ts'
import { addDelete } from './delete.ts'
import { addDoctor } from './doctor.ts'
import { addExport } from './export.ts'
import { addImport } from './import.ts'
import { addJobs } from './jobs.ts'
import { addKeys } from './keys.ts'
import { addMigrate } from './migrate.ts'
import { addReindex } from './reindex.ts'
import { addRestore } from './restore.ts'
import { addServe } from './serve.ts'

/** Wrong usage and requests for help are thrown as commander's CommanderError. */
export function createProgram(run: Run): Command {
  const program = new Command('connectra')
    // Before the commands are added, which inherit it. Messages quote arguments.
    .configureOutput({ outputError: (message, write) => write(printableLines(message)) })
    .description(`${packageJson.description}\nSettings are read from environment variables: see docs/configuration.md.`)
    .version(packageJson.version)
    .showHelpAfterError('(see --help for all options)')
    .addHelpText('after', '\nExit codes: 0 success, 1 failure, 2 wrong usage or invalid settings.')
  for (const add of [
    addServe,
    addImport,
    addExport,
    addJobs,
    addKeys,
    addDelete,
    addBackup,
    addRestore,
    addMigrate,
    addReindex,
    addDoctor,
  ])
    add(program, run)
  for (const command of [program, ...program.commands.flatMap(each => [each, ...each.commands])]) command.exitOverride()
  return program
}
