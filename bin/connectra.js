#!/usr/bin/env node
// Runs Connectra on the Node.js that is installed as its dependency, unless this file was started with a recent one.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST = 24
// Merging large segments needs much memory for a moment: 350 MB with 300,000 contacts. By default glibc keeps it for reuse.
// With a fixed threshold, larger blocks are mapped separately and return to the system when freed. Other C libraries ignore
// the variable.
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
  // The IPC channel closes when this process dies, even by SIGKILL, so that the child notices.
  const child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...MMAP_FROM, ...KEPT, ...process.env },
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', error => {
    process.stderr.write(`connectra: cannot run ${node} (${error.message}): run \`npm ci\` again\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal) process.removeAllListeners(signal)
    if (signal) process.kill(process.pid, signal)
    else process.exit(code ?? 1)
  })
}
