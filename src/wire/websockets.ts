/**
 * WebSockets with the bounds that their server lacks (SPEC §5.6): on what comes before libp2p hears of a connection,
 * which are sockets that are no WebSockets yet; on messages, which are kept until they are whole, up to 100 MiB; an end
 * that is one, since the package closes a connection with a code that its own library refuses to send; and an ear for
 * errors, since a frame that breaks the protocol would otherwise be the end of a relay.
 */
import type { Listener } from '@libp2p/interface'
import { ipPortToMultiaddr } from '@libp2p/utils'
import { webSockets } from '@libp2p/websockets'
import { negotiationMs, pendingConnectionsMax, webSocketMessageBytesMax } from '../limits.ts'
import { groupOf } from './group.ts'
import { Lobby, type Waiting } from './lobby.ts'
import { instead } from './overlay.ts'

/** A connection of the library underneath. */
interface WebSocketEnd {
  readonly on: (event: 'error', listener: () => void) => unknown
  close: (code?: number) => void
  readonly terminate: () => void
}

/** What is used of a socket of Node's. */
interface Socket {
  readonly remoteAddress?: string
  readonly remotePort?: number
  readonly bytesRead: number
  readonly once: (event: 'close', listener: () => void) => unknown
  readonly destroy: () => unknown
}

/** What is used of a listener beyond its types. */
interface Insides {
  readonly server: { readonly prependListener: (event: 'connection', listener: (socket: Socket) => void) => unknown }
  readonly wsServer: { readonly options: { maxPayload: number } }
  onUpgrade: (request: unknown, socket: Socket, head: unknown) => void
  onWsServerConnection: (end: WebSocketEnd, request: unknown) => void
}

interface Visitor extends Waiting {
  readonly socket: Socket
}

/** Says that the other end is gone; it cannot be sent. */
const abnormalClosure = 1006

export function boundedWebSockets(): ReturnType<typeof webSockets> {
  const create = webSockets()
  return components => {
    const transport = create(components)
    const lobby = new Lobby<Visitor>(pendingConnectionsMax)
    return instead(transport, { createListener: options => bounded(transport.createListener(options), lobby) })
  }
}

function bounded(listener: Listener, lobby: Lobby<Visitor>): Listener {
  const insides = listener as Listener & Insides
  insides.wsServer.options.maxPayload = webSocketMessageBytesMax
  const visitors = new WeakMap<Socket, () => void>()
  insides.server.prependListener('connection', socket => {
    visitors.set(socket, welcome(socket, lobby))
  })
  const upgrade = insides.onUpgrade.bind(insides)
  insides.onUpgrade = (request, socket, head) => {
    visitors.get(socket)?.()
    upgrade(request, socket, head)
  }
  const connected = insides.onWsServerConnection.bind(insides)
  insides.onWsServerConnection = (end, request) => {
    // of an error nobody listens to, the process dies; its connection is closed in any case
    end.on('error', () => {
      end.terminate()
    })
    endWhenAborted(end)
    connected(end, request)
  }
  return listener
}

/** A socket that has to become a WebSocket within `negotiationMs`. @returns to be called when it does */
function welcome(socket: Socket, lobby: Lobby<Visitor>): () => void {
  const { remoteAddress, remotePort } = socket
  const from = remoteAddress === undefined ? undefined : ipPortToMultiaddr(remoteAddress, remotePort ?? 0)
  const group = from === undefined ? undefined : groupOf(from)
  const visitor = { socket, group, said: () => socket.bytesRead > 0 }
  const deadline = setTimeout(() => {
    socket.destroy()
  }, negotiationMs).unref()
  const leave = (): void => {
    clearTimeout(deadline)
    lobby.leave(visitor)
  }
  socket.once('close', leave)
  lobby.enter(visitor)?.socket.destroy()
  return leave
}

function endWhenAborted(end: WebSocketEnd): void {
  const close = end.close.bind(end)
  end.close = code => {
    if (code === abnormalClosure) end.terminate()
    else close(code)
  }
}
