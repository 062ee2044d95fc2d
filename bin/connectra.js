#!/usr/bin/env node
// Runs Connectra on the Node.js that is installed as its dependency, unless this file was started with a recent one.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST = 24
// Merging large segments needs much memory for a moment: 350 MB with 300,000 contacts. By default glibc keeps it for reuse.
// With a fixed threshold, larger blocks are mapped separately and return to the system when freed. Those of several MB get
// huge pages: on a virtual machine, reading random places of the index takes less than half the time. Other C libraries ignore
// these settings, and glibc before 2.35 ignores the second one. A program cannot change them after its start.
const TUNABLES = ['glibc.malloc.mmap_threshold=262144', 'glibc.malloc.hugetlb=1']
const here = path => fileURLToPath(new URL(path, import.meta.url))
// Node.js keeps what it compiled: commands start in half the time. Where it cannot write, it keeps nothing.
const KEPT = { NODE_COMPILE_CACHE: here('../node_modules/.cache/compiled') }
// A checkout has the source. The package has only the compiled code, as Node.js runs no TypeScript in `node_modules`.
const main = [here('../src/main.ts'), here('../dist/main.js')].find(existsSync)

/** The path of the Node.js that is installed as a dependency; null if it is not. */
function findInstalled() {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin/node')
    return existsSync(path) ? path : null
  } catch {
    return null
  }
}

function fail(message) {
  process.stderr.write(`connectra: ${message}\n`)
  process.exit(1)
}

/** The tunables that nobody has set. MALLOC_MMAP_THRESHOLD_ is an older name of the first one. */
function missingTunables({ GLIBC_TUNABLES = '', MALLOC_MMAP_THRESHOLD_ }) {
  return TUNABLES.filter(tunable => {
    const [name] = tunable.split('=')
    return !GLIBC_TUNABLES.includes(name) && !(name.endsWith('mmap_threshold') && MALLOC_MMAP_THRESHOLD_ !== undefined)
  })
}

const isRecent = Number(process.versions.node.split('.')[0]) >= OLDEST
const missing = process.platform === 'linux' ? missingTunables(process.env) : []
if (isRecent && missing.length === 0) {
  process.argv[1] = main
  await import(main)
} else {
  const node = isRecent ? process.execPath : findInstalled()
  if (node === null)
    fail(
      `this is Node.js ${process.versions.node}, and Connectra needs ${OLDEST} or newer. npm did not install it, because it did not run the install script of the package \`node\`: run \`npm rebuild node --ignore-scripts=false\` (if npm blocks the script: \`npm approve-scripts node\` first), or install Node.js ${OLDEST}`,
    )
  // The IPC channel closes when this process dies, even by SIGKILL, so that the child notices.
  const child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      ...KEPT,
      ...process.env,
      GLIBC_TUNABLES: [...missing, process.env.GLIBC_TUNABLES].filter(Boolean).join(':'),
    },
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', error => fail(`cannot run ${node} (${error.message}): install Connectra's packages again`))
  child.on('exit', (code, signal) => {
    if (signal) process.removeAllListeners(signal)
    if (signal) process.kill(process.pid, signal)
    else process.exit(code ?? 1)
  })
}
