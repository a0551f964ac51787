/** Safety numbers and invitations: what must come out, and what must be refused (SPEC §2.6, §4.8). */
import { multiaddr } from '@multiformats/multiaddr'
import { base32 } from 'multiformats/bases/base32'
import { domains, payloadTypes } from '../../src/identity/domains.ts'
import { gateFromSeed } from '../../src/identity/gate.ts'
import { signInvitation } from '../../src/identity/invitation.ts'
import { peerText } from '../../src/identity/peer.ts'
import { safetyNumber } from '../../src/identity/safety.ts'
import { sealDescriptor } from '../../src/identity/signed.ts'
import { Invitation } from '../../src/wire/messages.js'
import { alice, bob, carol, fixedBytes, hex, nowHour, nowMs, peerOf, relays } from './fixed.ts'
import type { NegativeVector } from './negative.ts'
import { locatorAt } from './positive.ts'

const token = fixedBytes('invitation token', 16)
export const invitationFields = {
  token,
  expiresHour: nowHour + 336,
  name: 'Bob',
  relays: relays.map((relay, at) => ({
    id: peerText(peerOf(relay.key)),
    addresses: [`/ip4/192.0.2.${at + 1}/tcp/4001`]
  }))
}

export async function contactVectors(): Promise<object> {
  const pairs = [
    [alice, bob],
    [bob, alice],
    [bob, carol]
  ] as const
  const { uri } = await signInvitation(bob, invitationFields)
  const gate = fixedBytes('invitation gate', 32)
  const admitting = await signInvitation(bob, { token, expiresHour: nowHour + 336, relays: [], gate })
  const short = await signInvitation(carol, { token, expiresHour: nowHour + 1, relays: [] })
  return {
    safety_numbers: pairs.map(([a, b]) => ({ a: hex(a.key), b: hex(b.key), number: safetyNumber(a.key, b.key) })),
    now_ms: nowMs,
    invitations: [
      {
        uri,
        address: bob.address,
        token: hex(token),
        expires_hour: nowHour + 336,
        name: 'Bob',
        relays: invitationFields.relays
      },
      { uri: short.uri, address: carol.address, token: hex(token), expires_hour: nowHour + 1, relays: [] },
      {
        uri: admitting.uri,
        address: bob.address,
        token: hex(token),
        expires_hour: nowHour + 336,
        relays: [],
        gate: hex(gate),
        gate_id: hex(gateFromSeed(gate).id)
      }
    ]
  }
}

const vector = (name: string, text: string): NegativeVector => ({
  name,
  check: 'openInvitation',
  code: 'INVITATION',
  input: { now_ms: nowMs, text }
})

async function changed(change: Partial<Invitation>, prefix = 'mailbox:1.'): Promise<string> {
  const payload = Invitation.encode({ version: 1, token, expiresHour: nowHour + 336, relays: [], ...change })
  return prefix + base32.baseEncode(await sealDescriptor(bob, domains.invitation, payloadTypes.invitation, payload))
}

export async function negativeInvitations(): Promise<NegativeVector[]> {
  const good = (await signInvitation(bob, invitationFields)).uri
  const peerId = peerOf(bob.key)
  const { bytes: address } = multiaddr('/ip4/192.0.2.1/tcp/4001')
  const changes: [string, Partial<Invitation>][] = [
    ['invitation version 2', { version: 2 }],
    ['invitation with a token of 15 bytes', { token: token.subarray(1) }],
    ['invitation past its term', { expiresHour: nowHour }],
    ['invitation for too long', { expiresHour: nowHour + 2_162 }],
    ['invitation with a name that reads backwards', { name: 'Bob\u202e' }],
    ['invitation with an empty name', { name: '' }],
    ['invitation with a name that is too long', { name: 'b'.repeat(129) }],
    ['invitation with a relay without a peer id', { relays: [{ peerId: peerId.subarray(1), address }] }],
    ['invitation with a relay without an address', { relays: [{ peerId, address: Uint8Array.of(0xff) }] }],
    ['invitation with a gate of 31 bytes', { gate: new Uint8Array(31) }],
    ['invitation with an empty gate', { gate: new Uint8Array(0) }],
    ['invitation with four relays', { relays: Array.from({ length: 4 }, () => ({ peerId, address })) }]
  ]
  return [
    vector('an address in the place of an invitation', bob.address),
    vector('invitation of another version of the form', await changed({}, 'mailbox:2.')),
    vector('invitation of another scheme', await changed({}, 'mail:1.')),
    vector('invitation without its end', good.slice(0, -8)),
    vector(
      'invitation with a changed character',
      `${good.slice(0, -9)}${good.at(-9) === 'a' ? 'b' : 'a'}${good.slice(-8)}`
    ),
    vector(
      'invitation in mixed case',
      good.replace(/[a-z](?=[^a-z]*$)/, letter => letter.toUpperCase())
    ),
    vector('locator in the place of an invitation', `mailbox:1.${base32.baseEncode((await locatorAt(nowMs)).bytes)}`),
    vector('invitation that is too long', `mailbox:1.${'a'.repeat(1_015)}`),
    ...(await Promise.all(changes.map(async ([name, change]) => vector(name, await changed(change)))))
  ]
}
