/** Texts between the operator of a relay and those who use it. */
import assert from 'node:assert/strict'
import { base32 } from 'multiformats/bases/base32'
import { parseRelay } from '../../../src/client/relay-text.ts'
import { parseAllowList } from '../../../src/daemon/allowlist.ts'
import { domains, payloadTypes } from '../../../src/identity/domains.ts'
import { checkInvite, inviteIdBytes, openInvite, readInvite, signInvite } from '../../../src/identity/invite.ts'
import { peerText } from '../../../src/identity/peer.ts'
import { signingInput } from '../../../src/identity/signed.ts'
import { networkOf } from '../../../src/placement/rank.ts'
import { groupOf } from '../../../src/wire/group.ts'
import { readMultiaddr } from '../../../src/wire/host.ts'
import { alice, bob, fixedBytes, nowHour, peerOf, relays } from '../../vectors/fixed.ts'
import { joined } from '../mutate.ts'
import type { Target } from '../target.ts'
import { bytes, silent, targetOf, utf8 } from './forms.ts'

const inviter = relays[0] as (typeof relays)[number]
/** As a relay that takes invites looks at them: one of another relay, or of another time, is refused for that. */
const asked = { self: peerOf(inviter.key), nowHour }
const invites = targetOf({
  name: 'invite',
  reads: "invites of a relay's operator, forged and signed (§8.2)",
  codes: ['INVITATION', 'POLICY'],
  seeds: async () => {
    const id = fixedBytes('invite', inviteIdBytes)
    const text = await signInvite(inviter, { id, expiresHour: nowHour + 100 })
    const long = await signInvite(inviter, { id, expiresHour: 2 ** 32 - 1 })
    const ofOther = await signInvite(alice, { id, expiresHour: nowHour + 100 })
    const wrapped = `${text.slice(0, 76)}\r\n ${text.slice(76)}`
    const said = joined([id, Uint8Array.of(0, 7, 0x7d, 0x90)])
    return [...[text, long, ofOther, wrapped, 'relay-invite:2.aaaa', 'mailbox:1.aaaa'].map(utf8), bytes(said)]
  },
  textOf: async said => {
    const signature = await inviter.sign(signingInput(domains.relayInvite, payloadTypes.relayInvite, said))
    return `relay-invite:1.${base32.baseEncode(joined([inviter.key, said, signature]))}`
  },
  run: silent(async text => {
    const invite = readInvite(text)
    assert.deepEqual(openInvite(invite.bytes), invite)
    const checked = checkInvite(invite.bytes, asked)
    assert.deepEqual(checked, invite, 'a relay reads another invite than whoever was given it')
    assert.equal(checked.relay, peerText(asked.self), 'an invite of another relay')
    assert(checked.expiresHour > nowHour, 'an invite that has expired')
    // what is signed again is the same: nothing of it is without meaning
    assert.deepEqual(readInvite(await signInvite(inviter, checked)), invite)
    // of the words that each of them begins with nothing is secret
  }, 24),
  // a signature around what was read, and base58 of the peer id
  work: { base: 120_000, perByte: 400 }
})

const allowLists = targetOf({
  name: 'allow-list',
  reads: 'lists of who may open a mailbox (§8.2)',
  codes: [],
  seeds: async () =>
    await Promise.resolve([
      utf8(`# friends\n${alice.address}\n  ${bob.address} # Bob\n\n`),
      utf8(`${bob.address}\nnobody\n${bob.toText()}`),
      bytes(base32.decode(bob.address))
    ]),
  run: text => {
    const { listed, bad } = parseAllowList(text)
    assert(listed.size + bad.length <= text.split('\n').length, 'more than there are lines')
    assert([...listed].every(name => name.length === 32))
    const secret = bob.toText().slice(12)
    assert(!bad.some(line => line.includes(secret)), 'a line is repeated, which may be a private key')
  }
})

const relayAddresses = targetOf({
  name: 'relay-address',
  reads: 'addresses of relays, as people and relays give them (§6.5, §9.12)',
  codes: ['CONFIG'],
  seeds: async () => {
    const id = peerText(peerOf(inviter.key))
    const hosts = ['/ip4/192.0.2.1/tcp/4001', '/ip6/2001:db8::1/tcp/4001/ws', '/dns4/relay.example/tcp/443/wss']
    const odd = [
      '/ip6/::ffff:192.0.2.1/tcp/1',
      '/ip6zone/eth0/ip6/fe80::1/tcp/1',
      `${hosts[0] ?? ''}/p2p/${id}/p2p-circuit`
    ]
    return await Promise.resolve([...hosts, ...odd].map(host => utf8(`${host}/p2p/${id}`)))
  },
  run: text => {
    const address = readMultiaddr(text)
    if (address !== undefined) {
      const group = groupOf(address)
      assert(group === undefined || group.length < 64)
      networkOf({ id: '', addresses: [text] })
    }
    const relay = parseRelay(text)
    assert.deepEqual(parseRelay(`${relay.addresses.join('')}/p2p/${relay.id}`), relay)
  }
})

export const operators: readonly Target[] = [invites, allowLists, relayAddresses]
