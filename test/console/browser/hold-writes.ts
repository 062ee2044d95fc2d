/** Imports that wait for a lock, so that they can be looked at while they run. */
import type { Stage } from './stage.ts'

/** No import stores anything until `act` has ended. */
export async function whileWritesWait({ server }: Stage, act: () => Promise<void>): Promise<void> {
  const client = await server.database.pool.connect()
  try {
    await client.query('BEGIN; LOCK TABLE contacts, companies IN EXCLUSIVE MODE')
    await act()
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
}
