/**
 * Real OpenSearch nodes, on 127.0.0.1 only. The jars come from Maven Central and stay in Maven's own cache. Needs Maven and a JDK of
 * version 21 or newer, which are looked for in PATH, JAVA_HOME and /usr/lib/jvm. Tests run nodes over temporary directories.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, globSync, openSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePorts } from '../../helpers/free-ports.ts'
import { waitUntil } from '../../helpers/wait-until.ts'
import { lastWords } from './last-words.ts'

const run = promisify(execFile)
const OLDEST_JAVA = 21
/** Milliseconds. */
const RESOLVE_WITHIN = 300_000
/** Seconds. */
const START_WITHIN = 120

export interface OpenSearchServers {
  /** The address of each node. */
  readonly urls: readonly string[]
  /** Sends a signal to a node: SIGKILL, SIGSTOP, SIGCONT. */
  signal(node: number, signal: NodeJS.Signals): void
  /** Kills a node unless it has ended, and starts it again at the same address. */
  restart(node: number): Promise<void>
  stop(): Promise<void>
}

/** What is missing on this machine, or null if nodes can be started. */
export async function missingForOpenSearch(): Promise<string | null> {
  if ((await findJava()) === null) return `a JDK of version ${OLDEST_JAVA} or newer`
  const maven = await run('mvn', ['--version']).catch(() => null)
  if (maven === null) return 'Maven (mvn)'
  const directory = await mkdtemp(join(tmpdir(), 'connectra-jars-'))
  try {
    await resolveJars(directory)
    return null
  } catch (error) {
    return `OpenSearch, whose jars could not be downloaded (${lastWords(error)}),`
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Starts nodes that form a cluster, and waits until all have joined. */
export async function startOpenSearch({ nodes }: { nodes: number }): Promise<OpenSearchServers> {
  const directory = await mkdtemp(join(tmpdir(), 'connectra-opensearch-'))
  const commandOf = await prepareNodes(directory)
  const ports = await freePorts(2 * nodes)
  const urls = ports.slice(0, nodes).map(port => `http://127.0.0.1:${port}`)
  const transports = ports.slice(nodes)
  const processes: ChildProcess[] = []

  function start(node: number): void {
    const home = join(directory, `node-${node}`)
    const names = transports.map((_, index) => `node-${index}`)
    const settings = {
      'cluster.name': 'connectra-test',
      'node.name': `node-${node}`,
      'http.port': ports[node]!,
      'transport.port': transports[node]!,
      ...(nodes === 1
        ? { 'discovery.type': 'single-node' }
        : {
            'discovery.seed_hosts': transports.map(port => `127.0.0.1:${port}`).join(),
            'cluster.initial_cluster_manager_nodes': names.join(),
          }),
    }
    const log = openSync(join(directory, `node-${node}.log`), 'a')
    const { file, args } = commandOf(home, settings)
    processes[node] = spawn(file, args, { stdio: ['ignore', log, log] })
  }

  async function end(node: number): Promise<void> {
    const child = processes[node]!
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  async function joined(node: number): Promise<void> {
    const health = `${urls[node]}/_cluster/health?wait_for_nodes=${nodes}&timeout=1s`
    await waitUntil(
      `OpenSearch node ${node} has joined`,
      async () => {
        if (processes[node]!.exitCode !== null)
          throw new Error(
            `OpenSearch ended: ${(await readFile(join(directory, `node-${node}.log`), 'utf8')).slice(-2000)}`,
          )
        const reply = await fetch(health).catch(() => null)
        return reply?.status === 200
      },
      START_WITHIN,
    )
  }

  for (let node = 0; node < nodes; node++) {
    await mkdir(join(directory, `node-${node}`))
    start(node)
  }
  const stop = async () => {
    for (let node = 0; node < processes.length; node++) await end(node)
    await rm(directory, { recursive: true, force: true })
  }
  try {
    for (let node = 0; node < nodes; node++) await joined(node)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    urls,
    signal: (node, signal) => {
      processes[node]!.kill(signal)
    },
    async restart(node) {
      await end(node)
      start(node)
      await joined(node)
    },
    stop,
  }
}

export interface NodeCommand {
  readonly file: string
  readonly args: readonly string[]
}

/** Downloads what nodes need. Returns a function that makes the command of a node with its data in `home`. */
export async function prepareNodes(
  directory: string,
): Promise<(home: string, settings: Readonly<Record<string, string | number>>) => NodeCommand> {
  const java = await findJava()
  if (java === null) throw new Error(`no JDK of version ${OLDEST_JAVA} or newer was found`)
  const classPath = await resolveJars(directory)
  return (home, settings) => ({
    file: java,
    args: [
      ...['-Xms256m', '-Xmx512m', '-XX:+UseG1GC', `-Djava.io.tmpdir=${directory}`],
      ...['--add-modules=jdk.incubator.vector', '--enable-native-access=ALL-UNNAMED'],
      ...['--add-opens=java.base/java.nio=ALL-UNNAMED', '-Dio.netty.noUnsafe=true'],
      `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.properties')}`,
      ...['-cp', classPath, join(import.meta.dirname, 'OpenSearchNode.java')],
      ...[`path.home=${home}`, `path.data=${join(home, 'data')}`, `path.logs=${home}`, 'network.host=127.0.0.1'],
      'cluster.routing.allocation.disk.threshold_enabled=false',
      ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    ],
  })
}

/** The path of `java` of a JDK that can run a source file. */
async function findJava(): Promise<string | null> {
  const homes = [process.env.JAVA_HOME, ...globSync('/usr/lib/jvm/*'), ...globSync('/opt/*jdk*')]
  const candidates = ['java', ...homes.flatMap(home => (home === undefined ? [] : join(home, 'bin/java')))]
  for (const java of candidates) {
    const output = await run(java, ['-version']).catch(() => null)
    const version = Number(/version "(\d+)/.exec(output?.stderr ?? '')?.[1] ?? 0)
    if (version < OLDEST_JAVA) continue
    const isJdk = await run(java, ['--list-modules']).then(
      ({ stdout }) => stdout.includes('jdk.compiler'),
      () => false,
    )
    if (isJdk) return java
  }
  return null
}

/** Returns the class path. */
async function resolveJars(directory: string): Promise<string> {
  const file = join(directory, 'class-path')
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:build-classpath'
  const options = ['--quiet', '--batch-mode', '--file', join(import.meta.dirname, 'pom.xml')]
  await run('mvn', [...options, goal, `-Dmdep.outputFile=${file}`], { timeout: RESOLVE_WITHIN })
  if (!existsSync(file)) throw new Error('Maven did not resolve the jars of OpenSearch')
  return (await readFile(file, 'utf8')).trim()
}
