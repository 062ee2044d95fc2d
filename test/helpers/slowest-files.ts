/** A reporter for `node --test` that prints, in the end, the files that took longest. */
import { relative } from 'node:path'
import type { TestEvent } from 'node:test/reporters'

const SHOWN = 20

export default async function* reportSlowestFiles(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files: { readonly file: string; readonly seconds: number }[] = []
  for await (const { type, data } of events)
    if (type === 'test:summary' && data.file !== undefined)
      files.push({ file: relative('', data.file), seconds: data.duration_ms / 1000 })
  files.sort((a, b) => b.seconds - a.seconds)
  for (const { file, seconds } of files.slice(0, SHOWN)) yield `${seconds.toFixed(1).padStart(6)} s  ${file}\n`
}
