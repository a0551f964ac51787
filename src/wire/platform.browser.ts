/** What the wire takes from a browser: WebSockets are the one transport (SPEC §5.3). */
import { webSockets } from '@libp2p/websockets'

/** Runs `work` when the code that is running has ended, and before the next event. */
export function afterEvent(work: () => void): void {
  queueMicrotask(work)
}

/** Runs `work` every `ms` milliseconds until the answer is called. */
export function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms)
  return () => {
    clearInterval(timer)
  }
}

/** The part of the libp2p options that says how connections are made. */
export function connections() {
  return { transports: [webSockets()] }
}
