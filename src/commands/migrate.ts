/** `migrate`: updates the database to the schema of this version. */
import type { Command } from 'commander'
import { migrate } from '../database/migrate.ts'
import { openDatabase } from '../database/open-database.ts'
import type { Context, Run } from './context.ts'

export function addMigrate(program: Command, run: Run): void {
  program
    .command('migrate')
    .summary('update the database to the schema of this version')
    .description('Applies all pending migrations in one transaction. `connectra serve` also does this when it starts.')
    .addHelpText('after', '\nExamples:\n  DATABASE_URL=postgresql://… connectra migrate')
    .action(run(apply))
}

async function apply({ config, say, signal, print, init }: Context): Promise<void> {
  const database = await openDatabase({
    databaseUrl: config.databaseUrl,
    dataDir: config.dataDir,
    connections: config.databaseConnections,
    command: 'migrate',
    share: true,
    create: init,
    patience: 0,
    say,
    signal,
  })
  try {
    const applied = await migrate(database.pool)
    for (const name of applied) print(`applied ${name}`)
    if (applied.length === 0) print('the database is up to date')
  } finally {
    await database.close()
  }
}
