/** Adverts that must be refused (SPEC §6.6). */
import { multiaddr } from '@multiformats/multiaddr'
import { domains, payloadTypes } from '../../src/identity/domains.ts'
import { sealDescriptor } from '../../src/identity/signed.ts'
import { RelayAdvert } from '../../src/wire/messages.js'
import { hex, nowMs, relays } from './fixed.ts'
import type { NegativeVector } from './negative.ts'
import { advertAt, advertFields, locatorAt } from './positive.ts'

const vector = (name: string, code: string, bytes: Uint8Array): NegativeVector => ({
  name,
  check: 'openAdvert',
  code,
  input: { now_ms: nowMs, bytes: hex(bytes) }
})

const address = multiaddr('/ip4/192.0.2.1/tcp/4001').bytes

async function changed(change: Partial<RelayAdvert>): Promise<Uint8Array> {
  const relay = relays[0] as (typeof relays)[number]
  const payload = RelayAdvert.encode({
    version: 1,
    ...advertFields,
    addresses: [address],
    registration: 1,
    ...change
  })
  return await sealDescriptor(relay, domains.advert, payloadTypes.advert, payload)
}

export async function negativeAdverts(): Promise<NegativeVector[]> {
  const good = (await advertAt(nowMs)).bytes
  const forged = good.with(-1, (good.at(-1) ?? 0) ^ 1)
  const changes: [string, string, Partial<RelayAdvert>][] = [
    ['advert version 2', 'VERSION', { version: 2 }],
    ['advert with an unknown registration policy', 'VERSION', { registration: 4 }],
    ['advert past its validity', 'EXPIRED', { issuedMs: nowMs - 7_200_000, validUntilMs: nowMs }],
    ['advert from the future', 'EXPIRED', { issuedMs: nowMs + 3_601_000, validUntilMs: nowMs + 3_602_000 }],
    ['advert valid for too long', 'DESCRIPTOR', { validUntilMs: nowMs + 7_200_001 }],
    ['advert that ends before it begins', 'DESCRIPTOR', { validUntilMs: nowMs }],
    ['advert not of a whole second', 'DESCRIPTOR', { issuedMs: nowMs - 1 }],
    ['advert without a program', 'DESCRIPTOR', { program: '' }],
    ['advert with a control character in the program', 'DESCRIPTOR', { program: 'a\u001b[2J' }],
    ['advert with room for more than there can be', 'DESCRIPTOR', { room: 33 }],
    ['advert with nine addresses', 'DESCRIPTOR', { addresses: Array.from({ length: 9 }, () => address) }],
    ['advert with an address that is no multiaddr', 'DESCRIPTOR', { addresses: [Uint8Array.of(0xff)] }],
    ['advert of too many bytes', 'SIZE', { addresses: Array.from({ length: 8 }, () => new Uint8Array(128)) }]
  ]
  return [
    vector('advert with a changed signature', 'DESCRIPTOR', forged),
    vector('locator in the place of an advert', 'DESCRIPTOR', (await locatorAt(nowMs)).bytes),
    ...(await Promise.all(changes.map(async ([name, code, change]) => vector(name, code, await changed(change)))))
  ]
}
