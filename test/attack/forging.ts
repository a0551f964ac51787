/** What attackers send: records, proofs, documents and frames, in order or not. */
import { concat } from 'uint8arrays'
import { hourOf } from '../../src/environment.ts'
import { statusName } from '../../src/errors.ts'
import { parseAddress } from '../../src/identity/address.ts'
import { StampSearch } from '../../src/client/search.ts'
import { openBundle, pickKey, type BundleKey } from '../../src/identity/bundle.ts'
import { seal } from '../../src/identity/envelope.ts'
import { gateFromSeed, type Gate } from '../../src/identity/gate.ts'
import { openInvitation, type Invitation } from '../../src/identity/invitation.ts'
import { generateIdentity, type IdentityKey } from '../../src/identity/keys.ts'
import { suites, type Record } from '../../src/identity/record.ts'
import { tagBytes } from '../../src/limits.ts'
import {
  DepositRequest,
  DepositResponse,
  EnvelopeHeader,
  OwnerRequest,
  OwnerResponse
} from '../../src/wire/messages.js'
import { protocols, type Protocol } from '../../src/wire/port.ts'
import type { RawStream } from '../helpers/raw.ts'
import type { Attacker } from './attacker.ts'

const ttlHours = 24

/** A raw stream, and numbers for what is asked on it. */
export class Line {
  readonly stream: RawStream
  /** Peer id of this end, multihash bytes. */
  readonly self: Uint8Array
  readonly #attacker: Attacker
  #id = 0

  constructor(attacker: Attacker, stream: RawStream, self: Uint8Array) {
    this.#attacker = attacker
    this.stream = stream
    this.self = self
  }

  async deposit(record: Record, proof?: Uint8Array, fanOut: boolean = true): Promise<string> {
    const call = { record, fanOut, ...(proof === undefined ? {} : { proof }) }
    const answer = await this.stream.ask(++this.#id, DepositRequest.encode({ deposit: call }))
    return this.#told('deposit', DepositResponse.decode(answer).status)
  }

  async info(mailbox: Uint8Array): Promise<DepositResponse> {
    return DepositResponse.decode(await this.stream.ask(++this.#id, DepositRequest.encode({ info: { mailbox } })))
  }

  /** @returns the answer; what it says is counted under the name of the call */
  async owner(request: OwnerRequest): Promise<OwnerResponse> {
    const answer = OwnerResponse.decode(await this.stream.ask(++this.#id, OwnerRequest.encode(request)))
    const [call = 'nothing'] = Object.keys(request)
    if (call !== 'challenge') this.#told(call, answer.status)
    return answer
  }

  /** Any other call, counted as `call`. */
  async ask(call: string, request: Uint8Array, statusOf: (answer: Uint8Array) => number): Promise<Uint8Array> {
    const answer = await this.stream.ask(++this.#id, request)
    this.#told(call, statusOf(answer))
    return answer
  }

  #told(call: string, status: number): string {
    const name = statusName(status)
    this.#attacker.count(`${call} ${name}`)
    return name
  }
}

/** Lines over one protocol, each from a group of its own, opened again when the relay ends them. */
export class Lines {
  readonly #attacker: Attacker
  readonly #protocol: Protocol
  readonly #groups: number
  readonly #held = new Map<number, Promise<Line>>()

  /** @param groups that the lines come from */
  constructor(attacker: Attacker, protocol: Protocol, groups: number = Number.MAX_SAFE_INTEGER) {
    this.#attacker = attacker
    this.#protocol = protocol
    this.#groups = groups
  }

  /** Line `n`, to relay `n`. */
  async at(n: number): Promise<Line> {
    const held = this.#held.get(n) ?? this.#open(n)
    this.#held.set(n, held)
    try {
      const line = await held
      if (line.stream.stream.status === 'open') return line
    } catch (error) {
      if (this.#held.get(n) === held) this.#held.delete(n)
      throw error
    }
    this.#attacker.count('streams ended by a relay')
    const again = this.#open(n)
    this.#held.set(n, again)
    return await again
  }

  async #open(n: number): Promise<Line> {
    const attacker = this.#attacker
    const node = await attacker.nodeOf(n % this.#groups)
    const connection = await attacker.connect(node, n)
    return new Line(attacker, await attacker.open(connection, this.#protocol), node.peerId.toMultihash().bytes)
  }
}

export const depositLines = (attacker: Attacker, o: { groups?: number } = {}): Lines =>
  new Lines(attacker, protocols.deposit, o.groups)

export const mailboxOf = ({ brief }: Attacker): IdentityKey => parseAddress(brief.mailbox)

/** The key that a record for the mailbox is sealed to, as any stranger is told it. */
export async function keyOf(attacker: Attacker, line: Line): Promise<BundleKey> {
  const mailbox = mailboxOf(attacker)
  const { bundle = new Uint8Array(0) } = await line.info(mailbox)
  const nowHour = hourOf(Date.now())
  return pickKey(await openBundle(bundle, { mailbox, nowHour }), nowHour)
}

/** A message in order, which its owner could open. */
export async function message(
  attacker: Attacker,
  key: BundleKey,
  text: string
): Promise<{ record: Record; id: Uint8Array }> {
  return await seal({
    mailbox: mailboxOf(attacker),
    key,
    sender: generateIdentity(),
    message: { contentType: 'text/plain', body: new TextEncoder().encode(text), createdMs: Date.now() },
    expiresHour: hourOf(Date.now()) + ttlHours,
    random: n => attacker.chance.bytes(n)
  })
}

/** A record of legal form and noise inside: cheap to make, and it does not open. */
export function noiseRecord(attacker: Attacker, key: Pick<BundleKey, 'suite' | 'keyId'>, ladder: number): Record {
  const { suite, keyId } = key
  const expiresHour = hourOf(Date.now()) + ttlHours
  const header = EnvelopeHeader.encode({
    version: 1,
    mailbox: mailboxOf(attacker),
    suite,
    keyId,
    expiresHour,
    class: 0
  })
  const ct = new Uint8Array(ladder + tagBytes)
  ct.set(attacker.chance.bytes(32))
  return { header, enc: attacker.chance.bytes(suites.get(suite)?.encBytes ?? 0), ct }
}

/** The gate in the invitation that the attackers were given, if there is one. */
export async function gateOf({ brief }: Attacker): Promise<Gate | undefined> {
  const invited: Invitation & { readonly gate?: Uint8Array } = await openInvitation(brief.given.invitation ?? '', {
    nowMs: Date.now()
  })
  const { gate } = invited
  return gate === undefined ? undefined : gateFromSeed(gate)
}

/** A stamp, found in this thread. @throws Error after so many tries that there should have been one */
export function stampFor(prefix: Uint8Array, bits: number): Uint8Array {
  const nonce = new StampSearch(prefix, bits).run(64 * 2 ** bits)
  if (nonce === undefined) throw new Error(`no stamp of ${bits} bits was found`)
  return nonce
}

/** An unsigned varint, up to 2^53. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  return Uint8Array.from([...bytes, rest])
}

/** Behind its length, as kad-dht, gossipsub and identify frame. */
export const prefixed = (bytes: Uint8Array): Uint8Array => concat([varint(bytes.byteLength), bytes])

/** A length-delimited field of a protobuf message. */
export const field = (number: number, bytes: Uint8Array): Uint8Array =>
  concat([varint(number * 8 + 2), prefixed(bytes)])

/** A varint field of a protobuf message. */
export const numberField = (number: number, value: number): Uint8Array => concat([varint(number * 8), varint(value)])
