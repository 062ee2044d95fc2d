#!/usr/bin/env node
// Runs Connectra on the Node.js that is installed with it, if the one that started this file is too old.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST = 24
// Merging large segments needs a lot of memory for a moment. By default glibc does not return it to the system: 350 MB with
// 300,000 contacts. With this threshold it allocates large blocks by mmap, which are returned. Other systems ignore the variable.
const MMAP_FROM = { MALLOC_MMAP_THRESHOLD_: '262144' }
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

const isRecent = Number(process.versions.node.split('.')[0]) >= OLDEST
if (isRecent && (process.platform !== 'linux' || 'MALLOC_MMAP_THRESHOLD_' in process.env)) {
  process.argv[1] = main
  await import(main)
} else {
  const installed = () => join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin/node')
  const node = isRecent ? process.execPath : installed()
  // The IPC channel tells the child when this process is gone, for example killed by SIGKILL.
  const child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...MMAP_FROM, ...process.env },
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
