/** A connection to the test server that can be cut: a Unix socket that forwards everything, or nothing. */
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

export interface FlakyServer {
  readonly url: string
  /** Closes all connections and accepts no new ones, like a server that went down. */
  down(): Promise<void>
  up(): Promise<void>
  /** Existing connections stop forwarding without being closed, as when a firewall drops them. */
  freeze(): void
  /** The same, and new connections are accepted but get no answer, like those of a server that was suspended. */
  hang(): void
  /** New connections work again. */
  thaw(): void
  /** The first message of each connection. */
  readonly startups: readonly string[]
}

export async function openFlakyServer(url: string): Promise<FlakyServer> {
  const target = new URL(url)
  const name = `.s.PGSQL.${target.searchParams.get('port') ?? (target.port || '5432')}`
  const socket = join(target.searchParams.get('host')!, name)
  const directory = await mkdtemp(join(tmpdir(), 'flaky-'))
  const open = new Set<Socket>()
  const pairs: [Socket, Socket][] = []
  const startups: string[] = []
  let hanging = false
  const server = createServer(client => {
    const upstream = connect(socket)
    for (const end of [client, upstream]) {
      open.add(end)
      end.on('error', () => {})
      end.on('close', () => {
        open.delete(end)
        client.destroy()
        upstream.destroy()
      })
    }
    client.once('data', message => startups.push(message.toString('latin1')))
    if (hanging) return
    client.pipe(upstream).pipe(client)
    pairs.push([client, upstream])
  })
  const up = () => new Promise<void>(resolve => server.listen(join(directory, name), () => resolve()))
  const down = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      for (const end of open) end.destroy()
    })
  await up()
  after(async () => {
    if (server.listening) await down()
    await rm(directory, { recursive: true, force: true })
  })
  const freeze = () => {
    for (const [client, upstream] of pairs.splice(0)) {
      client.unpipe(upstream).pause()
      upstream.unpipe(client).pause()
    }
  }
  const hang = () => {
    hanging = true
    freeze()
  }
  const thaw = () => {
    hanging = false
  }
  target.searchParams.set('host', directory)
  return { url: target.href, up, down, freeze, hang, thaw, startups }
}
