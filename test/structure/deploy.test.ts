import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseEnv } from 'node:util'
import { PORTS, portsFrom, secretsOf, settingsFile } from '../../examples/cluster/settings.ts'
import { SETTINGS } from '../../src/config.ts'
import { CADDY } from '../cluster/servers/caddy.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, '../../deploy', name), 'utf8')

/** Read by glibc, Node.js and the AWS SDK. */
const OTHERS = ['GLIBC_TUNABLES', 'NODE_ENV', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
const KNOWN = [...Object.values(SETTINGS).map(({ env }) => env as string), ...OTHERS]

const namesIn = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name!)

/** The lines of compose.yaml that are indented below the first one with this text. */
function blockBelow(text: string, lines: readonly string[]): string {
  const first = lines.findIndex(line => line.includes(text))
  const indent = (line: string) => /^ */.exec(line)![0].length
  const next = lines.findIndex((line, place) => place > first && indent(line) <= indent(lines[first]!))
  return lines.slice(first + 1, next).join('\n')
}

test('the variables in the unit for systemd are settings, and it allows enough time to stop', () => {
  const unit = read('connectra.service')
  const names = namesIn(unit, /^Environment=(.*)$/gm).flatMap(line => namesIn(line, /(?:^| )(\w+)=/g))
  assert.ok(names.includes('DATA_DIR'))
  assert.deepEqual(
    names.filter(name => !KNOWN.includes(name)),
    [],
  )
  assert.ok(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1]) >= 10)
})

test('the variables in the Dockerfile are settings', () => {
  const [line] = namesIn(read('Dockerfile'), /^ENV (.*)$/gm)
  const names = namesIn(line!, /(?:^| )(\w+)=/g)
  assert.ok(names.includes('DATA_DIR'))
  assert.deepEqual(
    names.filter(name => !KNOWN.includes(name)),
    [],
  )
})

test('every way to start Connectra configures the memory allocator alike', () => {
  const text = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8')
  const tunables = ['glibc.malloc.mmap_threshold=262144', 'glibc.malloc.hugetlb=1']
  const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> }
  for (const name of ['start', 'connectra', 'bench'])
    assert.ok(scripts[name]!.startsWith(`GLIBC_TUNABLES=\${GLIBC_TUNABLES:-${tunables.join(':')}} `), name)
  for (const path of [
    'bench/shared/memory.ts',
    'deploy/connectra.service',
    'deploy/Dockerfile',
    'docs/operations.md',
    'examples/cluster/main.ts',
  ])
    assert.match(text(path), new RegExp(`GLIBC_TUNABLES(=|: ')${tunables.join(':')}\\b`), path)
  for (const tunable of tunables) assert.ok(text('bin/connectra.js').includes(`'${tunable}'`))
})

test('the variables in compose.yaml are settings, and those that it takes from .env are in the example', () => {
  const text = read('compose.yaml')
  const lines = text.split('\n')
  const settings = blockBelow('environment: &settings', lines)
  const names = namesIn(settings, /^ +(\w+):/gm)
  assert.ok(names.includes('DATABASE_URL'))
  assert.deepEqual(
    names.filter(name => !KNOWN.includes(name)),
    [],
  )
  const seconds = (name: string) => Number(new RegExp(`${name}: (\\d+)s`).exec(text)![1])
  assert.ok(seconds('stop_grace_period') >= seconds('STOP_GRACE') + 10)
  const example = new Set(namesIn(read('example.env'), /^(\w+)=/gm))
  assert.deepEqual(new Set(namesIn(text, /(?<!\$)\$\{(\w+)/g)), example)
})

test('the proxy sends requests to the servers of compose.yaml, and notices one that stops before it ends', () => {
  const [compose, proxy] = [read('compose.yaml'), read('Caddyfile')]
  assert.match(proxy, /reverse_proxy \{\$NODES\} \{/)
  const upstreams = namesIn(compose, /^ +NODES: (.*)$/gm)[0]!.split(' ')
  assert.deepEqual(
    upstreams,
    namesIn(compose, /^ {2}(serve-\d):/gm).map(name => `${name}:8000`),
  )
  const number = (pattern: RegExp, text: string) => Number(pattern.exec(text)![1])
  const noticed = number(/health_interval (\d+)s/, proxy) * number(/health_fails (\d+)/, proxy)
  assert.ok(number(/STOP_GRACE: (\d+)s/, compose) > noticed)
  // The version that the tests run.
  assert.ok(compose.includes(`image: caddy:${CADDY.version.slice(1)}\n`))
})

test('`npm run cluster` has the settings of compose.yaml, and keeps its secrets', () => {
  const secrets = secretsOf(null)
  const file = settingsFile(PORTS, secrets)
  const names = namesIn(blockBelow('environment: &settings', read('compose.yaml').split('\n')), /^ +(\w+):/gm)
  // Each container has its own address.
  assert.deepEqual(Object.keys(parseEnv(file)).sort(), [...names, 'PORT'].sort())
  assert.deepEqual(secretsOf(settingsFile(portsFrom(18_000), secrets)), secrets)
  const scaling = readFileSync(join(import.meta.dirname, '../../docs/scaling.md'), 'utf8')
  const documented = /```sh\n(DATABASE_URL=postgresql:\/\/connectra:.*?)```/s.exec(scaling)?.[1] ?? ''
  const values = (text: string) => Object.entries(parseEnv(text)).map(([name, value]) => [name, shown(value!)])
  assert.deepEqual(values(documented), values(file))
  function shown(value: string): string {
    return Object.values(secrets).reduce<string>((text, secret) => text.replace(secret, '…'), value)
  }
})
