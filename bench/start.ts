/**
 * `bench start`: how long the index takes to build itself from PostgreSQL, and to start from its snapshot, the memory that
 * its process then holds, and after how long a committed write is found.
 */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { loadRecords, withDatabase } from './bench-database.ts'
import { createGenerator } from './generate.ts'
import type { BenchOptions } from './main.ts'
import { significant, table } from './report.ts'
import type { StartFigures } from './start-process.ts'

export async function benchStart({ sizes, json }: BenchOptions): Promise<void> {
  await withDatabase(async ({ url, database }) => {
    await loadRecords(database, createGenerator(sizes))
    const figures = await new Promise<StartFigures>((resolve, reject) => {
      const child = fork(fileURLToPath(new URL('./start-process.ts', import.meta.url)), [url])
      child.once('message', message => resolve(message as StartFigures))
      child.once('exit', code => reject(new Error(`the measured process ended with ${code}`)))
    })
    if (json) return console.log(JSON.stringify(figures))
    console.log(
      table(
        ['figure', 'value'],
        Object.entries(figures).map(([name, value]) => [name, significant(value)]),
      ),
    )
  })
}
