/** How a relay becomes part of the network: it dials bootstrap relays, and again when it is left without a connection. */
import type { Libp2p } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { backoffMs, pause, type Environment, type Log } from '../environment.ts'
import { dialTimeoutMs, joinRetryMsMax, joinRetryMsMin } from '../limits.ts'

export interface JoinOptions {
  readonly env: Environment
  readonly log: Log
  /** Ends the joining. */
  readonly signal: AbortSignal
}

/** Resolves once `signal` aborts; never rejects. Its retries are spaced 1 s to 60 s with jitter and end with `signal`. */
export async function join(
  libp2p: Pick<Libp2p, 'dial' | 'getConnections'>,
  bootstrap: readonly string[],
  o: JoinOptions
): Promise<void> {
  if (bootstrap.length === 0) return
  let failures = 0
  while (!o.signal.aborted) {
    const reached = libp2p.getConnections().length > 0 || (await dialAny(libp2p, bootstrap, o))
    failures = reached ? Infinity : failures + 1
    await pause(o.env, backoffMs(o.env, failures, joinRetryMsMin, joinRetryMsMax), o.signal)
  }
}

/** All at once, so that one that hangs holds up nobody; at most 32 (the configuration's bound). */
async function dialAny(
  libp2p: Pick<Libp2p, 'dial'>,
  bootstrap: readonly string[],
  { log, signal }: JoinOptions
): Promise<boolean> {
  const dials = await Promise.allSettled(
    bootstrap.map(async address => {
      await libp2p.dial(multiaddr(address), { signal: AbortSignal.any([signal, AbortSignal.timeout(dialTimeoutMs)]) })
    })
  )
  const reached = dials.filter(dial => dial.status === 'fulfilled').length
  if (!signal.aborted) log(reached > 0 ? 'info' : 'warn', 'bootstrap_dialled', { reached, of: bootstrap.length })
  return reached > 0
}
