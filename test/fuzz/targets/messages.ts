/** Every protobuf message that a peer may send, as its reader decodes it: messages.proto, SPEC §2 and §5.2. */
import assert from 'node:assert/strict'
import { parseAnswer } from '../../../src/client/answer.ts'
import { decodeRequest } from '../../../src/relay/answer.ts'
import * as messages from '../../../src/wire/messages.js'
import { isMailboxError } from '../../../src/errors.ts'
import { requestsAndAnswers } from '../samples.ts'
import { joined } from '../mutate.ts'
import type { Target } from '../target.ts'

interface Codec {
  readonly decode: (bytes: Uint8Array) => unknown
  readonly encode: (message: never) => Uint8Array
}

/** By name, in the order of the names; the first byte of an input chooses one. */
const codecs = Object.entries(messages as unknown as Record<string, Partial<Codec>>)
  .filter((entry): entry is [string, Codec] => entry[1].decode !== undefined && entry[1].encode !== undefined)
  .sort(([a], [b]) => (a < b ? -1 : 1))

const numberOf = (name: string): number => codecs.findIndex(([known]) => known === name)

export const protobuf: Target = {
  name: 'messages',
  reads: `the ${codecs.length} messages of messages.proto`,
  codes: ['MALFORMED'],
  head: 1,
  seeds: async () =>
    (await requestsAndAnswers()).map(([name, bytes]) => joined([Uint8Array.of(numberOf(name)), bytes])),
  run: async input => {
    const [name, codec] = codecs[(input[0] ?? 0) % codecs.length] as [string, Codec]
    const bytes = input.subarray(1)
    const message = decodeRequest(codec, bytes)
    assert.deepEqual(parseAnswer(codec, bytes, 'of the test'), message)
    const again = codec.encode(message as never)
    if (isWellFormed(message))
      assert.deepEqual(reread(codec, again, name), message, `${name} means something else when it is encoded again`)
  }
}

/** Bytes that are no UTF-8 may become lone surrogates, which are written as something else: their readers refuse them. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true
  return Object.values(value).every(isWellFormed)
}

function reread(codec: Codec, bytes: Uint8Array, name: string): unknown {
  try {
    return decodeRequest(codec, bytes)
  } catch (error) {
    assert(!isMailboxError(error), `${name} does not decode when it is encoded again`)
    throw error
  }
}
