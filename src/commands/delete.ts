/** `delete`: deliberately not possible over the API. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { SERVICES, type Service } from '../fields.ts'
import { isUuid } from '../records/values/uuid.ts'
import { softDelete } from '../records/write/delete.ts'
import { type Context, type Run, withDatabase } from './context.ts'

export function addDelete(program: Command, run: Run): void {
  program
    .command('delete')
    .summary('delete records')
    .description(
      'Deletes records: they are no longer found, counted or exported. Upserting a deleted record creates it again, without its old values. The contacts of a deleted company are kept.',
    )
    .addOption(new Option('--service <service>', 'the type of the records').choices(SERVICES).makeOptionMandatory())
    .requiredOption('--uuid <uuid...>', 'the UUIDs of the records', parseUuid)
    .addHelpText(
      'after',
      '\nExamples:\n  connectra delete --service contact --uuid 2ed6657d-e927-568b-95e1-2665a8aea6a2\n  connectra delete --service company --uuid $(cat uuids.txt)',
    )
    .action(run(remove))
}

function parseUuid(text: string, previous: readonly string[] = []): readonly string[] {
  if (!isUuid(text)) throw new InvalidArgumentError('It must be a UUID: 8-4-4-4-12 hexadecimal digits.')
  return [...previous, text.toLowerCase()]
}

async function remove(context: Context, options: { service: Service; uuid: readonly string[] }): Promise<number> {
  const wanted = [...new Set(options.uuid)]
  const { deleted } = await withDatabase(context, 'delete', ({ pool }) => softDelete(pool, options.service, wanted))
  const missing = wanted.filter(uuid => !deleted.includes(uuid))
  for (const uuid of deleted) context.print(`deleted ${options.service} ${uuid}`)
  for (const uuid of missing) context.say(`${options.service} ${uuid} does not exist`)
  return missing.length > 0 ? 1 : 0
}
