/** Both ends of one stream, for tests of what travels on it. */
import type { Stream } from '@libp2p/interface'
import { streamPair } from '@libp2p/utils'
import { StreamChannel, StreamResponder } from '../../src/wire/exchange.ts'
import type { Handler } from '../../src/wire/port.ts'

export interface Ends {
  readonly outbound: Stream
  readonly inbound: Stream
}

export async function ends(): Promise<Ends> {
  const [outbound, inbound] = await streamPair({ delay: 0 })
  return { outbound, inbound }
}

const peers = { localPeer: Uint8Array.of(1), remotePeer: Uint8Array.of(2) }

export const channelOn = (stream: Stream): StreamChannel => new StreamChannel(stream, peers)

export function responderOn(stream: Stream, handler: Handler): { responder: StreamResponder; errors: unknown[] } {
  const errors: unknown[] = []
  return {
    responder: new StreamResponder(stream, peers, handler, error => {
      errors.push(error)
    }),
    errors
  }
}

/** A channel to a responder with `handler`. */
export async function joined(handler: Handler) {
  const pair = await ends()
  const { responder, errors } = responderOn(pair.inbound, handler)
  return { ...pair, channel: channelOn(pair.outbound), responder, errors }
}

/** The sizes of what goes through `stream.send`, in order. */
export function sendsOf(stream: Stream): number[] {
  const sizes: number[] = []
  const send = stream.send.bind(stream)
  stream.send = data => {
    sizes.push(data.byteLength)
    return send(data)
  }
  return sizes
}

/** `count` turns of the event loop. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++)
    await new Promise<void>(resolve => {
      setImmediate(resolve)
    })
}

/** Turns of the event loop until `condition` holds; at most `turnsMax`. */
export async function turnsUntil(condition: () => boolean, turnsMax: number = 20_000): Promise<void> {
  for (let turn = 0; !condition(); turn++) {
    if (turn >= turnsMax) throw new Error(`not after ${turnsMax} turns: ${condition.toString()}`)
    await turns(1)
  }
}
