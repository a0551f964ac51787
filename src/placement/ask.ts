/** One question to a relay of the locator neighbourhood (SPEC §6.3). */
import type { Environment } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { locatorCallMs } from '../limits.ts'
import { LocatorResponse } from '../wire/messages.js'
import { protocols, type Network, type PeerAddress } from '../wire/port.ts'

export interface Asked {
  readonly response: LocatorResponse
  /** Of question and answer. */
  readonly bytes: number
}

/**
 * Within `locatorCallMs`, the dial included.
 * @param request an encoded LocatorRequest
 * @throws MailboxError NO_RELAY, TIMEOUT, DISCONNECTED, ABORTED, MALFORMED
 */
export async function askHolder(
  { network, env }: { readonly network: Network; readonly env: Environment },
  peer: PeerAddress,
  request: Uint8Array,
  signal: AbortSignal
): Promise<Asked> {
  const startMs = env.now()
  const channel = await network.channel(peer, protocols.locator, { signal, deadlineMs: locatorCallMs })
  // clamped, since the wall clock may jump
  const deadlineMs = Math.min(locatorCallMs, Math.max(1, locatorCallMs - (env.now() - startMs)))
  const answer = await channel.call(request, { signal, deadlineMs })
  try {
    return { response: LocatorResponse.decode(answer), bytes: request.byteLength + answer.byteLength }
  } catch (cause) {
    throw new MailboxError('MALFORMED', 'not a response of the locator protocol', { cause })
  }
}
