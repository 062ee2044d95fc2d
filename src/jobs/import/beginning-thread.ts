/** The thread that reads the beginning of a file for its preview, from standard input. */
import { workerData } from 'node:worker_threads'
import { postParts } from './post-parts.ts'
import { type BeginningStart, readBeginning } from './read-beginning.ts'

await postParts(readBeginning(process.stdin, workerData as BeginningStart))
