/**
 * What the wire takes from the platform it runs on: this is Node. In a bundle for browsers `platform.browser.ts` takes
 * its place (the `browser` field of package.json).
 */
import { Socket } from 'node:net'
import type { MultiaddrConnection } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { boundedWebSockets } from './websockets.ts'

/** Runs `work` when the event being handled is done with, and before the next one. */
export function afterEvent(work: () => void): void {
  process.nextTick(work)
}

/** Runs `work` every `ms` milliseconds until the answer is called; it keeps no process alive. */
export function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms).unref()
  return () => {
    clearInterval(timer)
  }
}

/** The part of the libp2p options that says how connections are made. */
export function connections() {
  return {
    transports: [
      tcp({ outboundSocketInactivityTimeout: 10 * 60_000, inboundSocketInactivityTimeout: 10 * 60_000 }),
      boundedWebSockets()
    ],
    connectionProtector: corkedSockets()
  }
}

/**
 * The TCP writes of one event leave as one system call: a frame is otherwise several small writes. They leave before the
 * next event is handled, so that the other end works on the first while this one makes the next (SPEC §5.3).
 */
function corkedSockets() {
  /** Bounded by the open connections; emptied after every event. */
  let corked = new Set<Socket>()
  const release = (): void => {
    const sockets = corked
    corked = new Set()
    for (const socket of sockets) socket.uncork()
  }
  const cork = (socket: Socket): void => {
    if (corked.has(socket)) return
    if (corked.size === 0) afterEvent(release)
    corked.add(socket)
    socket.cork()
  }
  return () => ({
    protect: async (connection: MultiaddrConnection): Promise<MultiaddrConnection> => {
      const raw = connection as MultiaddrConnection & {
        socket?: unknown
        sendData?: (data: Iterable<Uint8Array>) => { sentBytes: number; canSendMore: boolean }
      }
      const socket = raw.socket
      if (!(socket instanceof Socket) || raw.sendData === undefined) return connection
      raw.sendData = data => {
        cork(socket)
        let sentBytes = 0
        let canSendMore = true
        for (const part of data) {
          sentBytes += part.byteLength
          canSendMore = socket.write(part)
        }
        return { sentBytes, canSendMore }
      }
      return connection
    }
  })
}
