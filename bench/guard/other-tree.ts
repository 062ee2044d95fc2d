/** A temporary working tree of another commit, which runs the benchmarks of this one. */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { interruption } from '../shared/interruption.ts'

export const THIS_TREE = join(import.meta.dirname, '../..')

const run = promisify(execFile)
const MAIN_BRANCHES = ['main', 'origin/main']

async function git(...words: string[]): Promise<string> {
  return (await run('git', words, { cwd: THIS_TREE })).stdout.trim()
}

/**
 * The full hash of the commit to compare with. Null means where this branch left main. On main itself: the last commit if the working
 * tree has changes, otherwise the one before it. Throws if there is no such commit.
 */
export async function resolveCommit(given: string | null): Promise<string> {
  const resolve = (name: string) => git('rev-parse', '--verify', '--quiet', `${name}^{commit}`).catch(() => null)
  if (given !== null) {
    const commit = await resolve(given)
    if (commit === null) throw new Error(`--against: there is no commit ${given}`)
    return commit
  }
  const head = await git('rev-parse', 'HEAD')
  const mains = await Promise.all(MAIN_BRANCHES.map(resolve))
  const main = mains.find(commit => commit !== null)
  if (main === undefined) throw new Error('there is no branch main: name the commit with --against')
  const base = await git('merge-base', 'HEAD', main!)
  if (base !== head || (await git('status', '--porcelain')) !== '') return base
  return await git('rev-parse', 'HEAD^')
}

/** The first line of a commit, with its short hash. */
export async function describeCommit(commit: string): Promise<string> {
  return await git('log', '-1', '--format=%h %s', commit)
}

/** Runs `work` with the directory of a tree of the commit. The tree is removed at the end, even after an error or Ctrl-C. */
export async function withTree(commit: string, work: (tree: string) => Promise<void>): Promise<void> {
  const stop = new AbortController()
  interruption().catch(reason => stop.abort(reason))
  const parent = mkdtempSync(join(tmpdir(), 'connectra-guard-'))
  const tree = join(parent, 'tree')
  const remove = () => {
    // Before git removes anything: these may be the packages of this tree.
    rmSync(join(tree, 'node_modules'), { recursive: true, force: true })
    // It fails if git has not added the tree yet.
    spawnSync('git', ['worktree', 'remove', '--force', tree], { cwd: THIS_TREE })
    rmSync(parent, { recursive: true, force: true })
  }
  // After an error that nothing catches, such as that of a closed standard output.
  process.once('exit', remove)
  try {
    await create(tree, commit, stop.signal)
    stop.signal.throwIfAborted()
    await work(tree)
  } finally {
    process.off('exit', remove)
    remove()
  }
}

/** The tree has the benchmarks of this one, so that the same code measures both. */
async function create(tree: string, commit: string, signal: AbortSignal): Promise<void> {
  await run('git', ['worktree', 'add', '--detach', tree, commit], { cwd: THIS_TREE, signal })
  const [ours, theirs] = await Promise.all(
    [THIS_TREE, tree].map(directory => readFile(join(directory, 'package-lock.json'), 'utf8')),
  )
  if (ours === theirs) await symlink(join(THIS_TREE, 'node_modules'), join(tree, 'node_modules'))
  // Scripts would install PostgreSQL and Node.js, but those of this tree are used.
  else await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: tree, signal })
  await rm(join(tree, 'bench'), { recursive: true, force: true })
  await cp(join(THIS_TREE, 'bench'), join(tree, 'bench'), { recursive: true })
}
