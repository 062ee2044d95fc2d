#!/usr/bin/env node
// Runs Connectra on the Node.js that is installed with it, whichever one this file was started by.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST = 24
// Merging large segments takes memory for a moment. glibc keeps it for the next time, 350 MB with 300,000 contacts, unless it
// is told from which size on it should ask the system, which gets it back. Others do not know the variable.
const MMAP_FROM = { MALLOC_MMAP_THRESHOLD_: '262144' }
// Node.js keeps what it compiled: commands start in half the time. Where it cannot write, it keeps nothing.
const KEPT = { NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)) }
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

const isRecent = Number(process.versions.node.split('.')[0]) >= OLDEST
if (isRecent && (process.platform !== 'linux' || 'MALLOC_MMAP_THRESHOLD_' in process.env)) {
  process.argv[1] = main
  await import(main)
} else {
  const installed = () => join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin/node')
  const node = isRecent ? process.execPath : installed()
  // The channel tells the child when this process is gone, by a SIGKILL for example.
  const child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...MMAP_FROM, ...KEPT, ...process.env },
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', error => {
    process.stderr.write(`connectra: ${node} cannot be run (${error.message}): run \`npm ci\` again\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal) process.removeAllListeners(signal)
    if (signal) process.kill(process.pid, signal)
    else process.exit(code ?? 1)
  })
}
