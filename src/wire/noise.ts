/**
 * Noise with two costs taken out, through its public options only (SPEC §5.3): its frame cipher, see `cipher.ts`; and an
 * exception that the decoder under it raises for each chunk of the socket, because it has to read a length to learn that
 * there is none.
 */
import { noise } from '@chainsafe/libp2p-noise'
import type { ConnectionEncrypter, MessageStream, SecuredConnection } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import { noiseOptions } from './cipher.ts'
import { rememberOrigin } from './origin.ts'
import { compact } from './pieces.ts'

type Components = Parameters<ReturnType<typeof noise>>[0]

/** A length no chunk can hold with less than its two bytes, so the decoder waits for more as it does after an exception. */
const lengthUnknown = 0xffff

function quiet(secured: SecuredConnection): SecuredConnection {
  const decoder = (secured.connection as { decoder?: { lengthDecoder?: (bytes: Uint8ArrayList) => number } }).decoder
  if (decoder?.lengthDecoder !== undefined) {
    decoder.lengthDecoder = bytes => {
      compact(bytes)
      return bytes.byteLength < 2 ? lengthUnknown : bytes.getUint16(0)
    }
  }
  return secured
}

function known(secured: SecuredConnection, carrier: MessageStream): SecuredConnection {
  rememberOrigin(secured.connection, carrier, secured.remotePeer)
  return secured
}

export function quietNoise(): (components: Components) => ConnectionEncrypter {
  return components => {
    const inner: ConnectionEncrypter = noise(noiseOptions)(components)
    return {
      protocol: inner.protocol,
      secureInbound: async (carrier, ...args) => known(quiet(await inner.secureInbound(carrier, ...args)), carrier),
      secureOutbound: async (carrier, ...args) => known(quiet(await inner.secureOutbound(carrier, ...args)), carrier)
    }
  }
}
