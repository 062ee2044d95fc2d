/**
 * The program of a build process: reads parts of the tables, in a given snapshot of the database, into segments, and writes
 * the segments to standard output (segment-stream.ts). It is a process rather than a thread because building takes several
 * times as much memory as its result. All of it is returned to the system when a process ends; with a thread, the allocator
 * kept 500 of 900 MB.
 */
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type BuildOrder, buildParts } from './build-parts.ts'
import { writeSegment } from './segment-stream.ts'

process.stdin.on('end', () => {
  throw new Error('the process that requested the index has ended')
})
const [line] = await once(createInterface({ input: process.stdin }), 'line')
const order = JSON.parse(line) as BuildOrder
await buildParts(order, segment => writeSegment(process.stdout, segment), new AbortController().signal)
process.stdin.destroy()
process.stdout.end()
