/** A way to the server that can be closed: the browser then finds what it finds when the server is stopped. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface Gate {
  /** In place of the address of the server. */
  readonly url: string
  /** Cuts off all connections. Further ones are refused. */
  shut(): Promise<void>
  /** At the same address as before. */
  open(): Promise<void>
}

/** Opens a gate to the server at `target`. */
export async function openGate(target: string): Promise<Gate> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  const gate = createServer(socket => {
    const server = connect(Number(port), hostname)
    for (const [from, to] of [
      [socket, server],
      [server, socket],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  async function listen(at: number): Promise<void> {
    gate.listen(at, '127.0.0.1')
    await once(gate, 'listening')
  }
  await listen(0)
  const { port: own } = gate.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${own}`,
    open: () => listen(own),
    async shut() {
      const closed = once(gate, 'close')
      gate.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
