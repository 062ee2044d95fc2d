import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { encodeManifest, type Manifest, readManifest } from '../../../src/search/embedded/snapshot/manifest.ts'
import { loadSnapshot } from '../../../src/search/embedded/snapshot/snapshots.ts'
import { createTestDatabase } from '../../helpers/database.ts'
import { waitUntil } from '../../helpers/wait-until.ts'
import {
  assertAnswers,
  BUILT,
  change,
  createLogged,
  EAGER,
  fill,
  openLogged,
  READ,
  snapshotDirectory,
  WRITTEN,
} from './snapshots.ts'

const { pool, url } = await createTestDatabase()
const good = snapshotDirectory()
await fill(pool, 200)
const { engine, saw } = openLogged(url, good, EAGER)
await saw(WRITTEN)
const seq = await change(pool, 30)
await waitUntil('the change is written', async () => (await readManifest(good))?.position.seq === seq)
await engine.close()
const manifest = (await readManifest(good))!

function fileOf(directory: string, kind: string): string {
  return join(directory, readdirSync(directory).find(name => name.endsWith(kind))!)
}

function flipByte(file: string, part: number): void {
  const bytes = readFileSync(file)
  bytes[Math.floor((bytes.length - 1) * part)]! ^= 1
  writeFileSync(file, bytes)
}

/** Writes a modified manifest with a correct checksum. */
function rewrite(directory: string, changed: Partial<Manifest>): void {
  writeFileSync(join(directory, 'manifest.json'), encodeManifest({ ...manifest, ...changed }))
}

const [segment] = manifest.segments.contact

const DAMAGES: Readonly<Record<string, readonly [reason: RegExp, damage: (directory: string) => void]>> = {
  ...Object.fromEntries(
    ['.segment', '.dead', 'manifest.json'].flatMap(kind => [
      ...[0, 0.5, 1].map(part => [
        `a flipped bit in a ${kind} file, at ${part} of its length`,
        [/damaged/, (directory: string) => flipByte(fileOf(directory, kind), part)] as const,
      ]),
      [
        `a truncated ${kind} file`,
        [
          kind === 'manifest.json' ? /damaged/ : /bytes, not/,
          (directory: string) => truncateSync(fileOf(directory, kind), statSync(fileOf(directory, kind)).size - 1),
        ] as const,
      ],
      [
        `an empty ${kind} file`,
        [/damaged|bytes, not/, (directory: string) => truncateSync(fileOf(directory, kind), 0)] as const,
      ],
    ]),
  ),
  'a missing segment': [/ENOENT/, directory => rmSync(fileOf(directory, '.segment'))],
  'a directory instead of a segment': [
    // Which error comes first depends on the size that the file system reports for directories.
    /EISDIR|bytes, not/,
    directory => {
      const file = fileOf(directory, '.segment')
      rmSync(file)
      mkdirSync(join(file, 'within'), { recursive: true })
    },
  ],
  'missing dead sets': [/ENOENT/, directory => rmSync(fileOf(directory, '.dead'))],
  'another format': [/format 0/, directory => rewrite(directory, { format: 0 })],
  'other fields': [/other fields/, directory => rewrite(directory, { fields: 'others' })],
  'a manifest of garbage': [
    /damaged/,
    directory => writeFileSync(join(directory, 'manifest.json'), Buffer.from([0xff, 0, 10, 13, 200])),
  ],
  'a path instead of an id': [
    /contains an invalid file id/,
    directory => rewrite(directory, { dead: { ...manifest.dead!, id: '../../etc/passwd' } }),
  ],
  'dead sets without a segment': [
    /more dead sets than segments/,
    directory => rewrite(directory, { segments: { ...manifest.segments, contact: [] } }),
  ],
  'a missing dead set': [/dead set is missing/, directory => rewrite(directory, { dead: null })],
  'a dead set of another size': [
    /dead set/,
    directory =>
      rewrite(directory, { segments: { ...manifest.segments, contact: [{ ...segment!, size: segment!.size * 2 }] } }),
  ],
}

for (const [what, [reason, damage]] of Object.entries(DAMAGES))
  test(`a snapshot with ${what} is not loaded, and the reason is logged`, async () => {
    const directory = snapshotDirectory()
    cpSync(good, directory, { recursive: true })
    damage(directory)
    const { log, warnings } = createLogged()
    assert.equal(await loadSnapshot(directory, log, new AbortController().signal), null)
    assert.equal(warnings.length, 1)
    assert.match(warnings[0]!.message, /^search index snapshot discarded$/)
    assert.match(warnings[0]!.reason, reason)
  })

for (const kind of ['.segment', '.dead', 'manifest.json'])
  test(`an index whose snapshot has a damaged ${kind} file is rebuilt`, async () => {
    const directory = snapshotDirectory()
    cpSync(good, directory, { recursive: true })
    flipByte(fileOf(directory, kind), 0.5)
    const { engine, saw, warnings } = openLogged(url, directory)
    await assertAnswers(engine, pool, seq)
    await saw(BUILT)
    assert.deepEqual(
      warnings.map(({ message }) => message),
      ['search index snapshot discarded'],
    )
    await engine.close()
  })

test('a whole snapshot is loaded', async () => {
  const { log, warnings } = createLogged()
  const loaded = await loadSnapshot(good, log, new AbortController().signal)
  assert.deepEqual(loaded?.position, manifest.position)
  assert.deepEqual(warnings, [])
})

test('the snapshot that replaces a damaged one is read by the next start', async () => {
  const directory = snapshotDirectory()
  cpSync(good, directory, { recursive: true })
  flipByte(fileOf(directory, '.segment'), 0.5)
  const { engine, saw } = openLogged(url, directory)
  await saw(WRITTEN)
  await engine.close()
  const next = openLogged(url, directory)
  await assertAnswers(next.engine, pool, seq)
  assert.match(next.messages[0]!, READ)
})

test('a directory without a manifest counts as no snapshot, and causes no warning', async () => {
  const directory = snapshotDirectory()
  cpSync(good, directory, { recursive: true })
  rmSync(join(directory, 'manifest.json'))
  const { engine, warnings, saw } = openLogged(url, directory)
  await assertAnswers(engine, pool, seq)
  await saw(BUILT)
  await saw(WRITTEN)
  assert.deepEqual(warnings, [])
})
