/** Texts that people paste and files that they keep. */
import assert from 'node:assert/strict'
import { base32 } from 'multiformats/bases/base32'
import { configOf, resolveConfig } from '../../../src/daemon/config.ts'
import { parseAddress, parsePrivateKey } from '../../../src/identity/address.ts'
import { domains, payloadTypes } from '../../../src/identity/domains.ts'
import { openInvitation, signInvitation } from '../../../src/identity/invitation.ts'
import { keyFileHeader, openKeyFile, sealKeyFile } from '../../../src/identity/keyfile.ts'
import { parseIdentityKey } from '../../../src/identity/keys.ts'
import { checkedName } from '../../../src/identity/name.ts'
import { peerBytes, peerText } from '../../../src/identity/peer.ts'
import { identityFromPhrase, recoveryPhrase } from '../../../src/identity/phrase.ts'
import { parseSafetyNumber, safetyNumber } from '../../../src/identity/safety.ts'
import { sealDescriptor } from '../../../src/identity/signed.ts'
import { textBytes } from '../../../src/identity/text.ts'
import { alice, bob, fixedBytes, nowHour, nowMs, peerOf, relays } from '../../vectors/fixed.ts'
import { joined } from '../mutate.ts'
import { requestsAndAnswers } from '../samples.ts'
import type { Target } from '../target.ts'
import { bytes, silent, targetOf, utf8 } from './forms.ts'

const addresses = targetOf({
  name: 'addresses',
  reads: 'addresses (§2.2)',
  codes: ['ADDRESS'],
  seeds: async () => [utf8(bob.address), utf8(bob.toText()), bytes(base32.decode(bob.address))],
  run: silent(text => {
    const key = parseAddress(text)
    assert.equal(base32.encode(joined([Uint8Array.of(8, 1, 0x12, 0x20), key])), text)
  })
})

const privateKeys = targetOf({
  name: 'keys',
  reads: 'private key texts, identity keys and peer ids (§2.1, §2.2)',
  codes: ['KEY'],
  seeds: async () => [
    utf8(bob.toText()),
    bytes(base32.decode(bob.toText())),
    utf8(peerText(peerOf(bob.key))),
    bytes(bob.key),
    bytes(joined([Uint8Array.of(8, 1, 0x12, 0x60), bob.seed, bob.key, bob.key]))
  ],
  run: silent(text => {
    if (/^(12D3|Qm)/.test(text)) {
      assert.deepEqual(peerBytes(peerText(peerBytes(text))), peerBytes(text))
      return
    }
    const bytesOfKey = text.length === 53 ? textBytes(text) : undefined
    if (bytesOfKey !== undefined) {
      assert.deepEqual(parseIdentityKey(bytesOfKey), new Uint8Array(bytesOfKey))
      return
    }
    assert.deepEqual(parsePrivateKey(parsePrivateKey(text).toText()).seed, parsePrivateKey(text).seed)
  })
})

const phrases = targetOf({
  name: 'phrase',
  reads: 'recovery phrases (§2.5)',
  codes: ['PHRASE'],
  seeds: async () => [
    utf8(recoveryPhrase(bob)),
    utf8(`  ${recoveryPhrase(alice).toUpperCase().replaceAll(' ', '\n')}`)
  ],
  run: silent(text => {
    const identity = identityFromPhrase(text)
    assert.deepEqual(identityFromPhrase(recoveryPhrase(identity)).seed, identity.seed)
  }),
  work: { base: 60_000, perByte: 100 }
})

const cheap = { logN: 1, r: 1, p: 1 }
const random = (n: number): Uint8Array => fixedBytes('key file', n)
const keyFiles = targetOf({
  name: 'key-file',
  reads: 'encrypted key files (§2.4)',
  codes: ['KEY', 'VERSION', 'PASSPHRASE'],
  seeds: async () => {
    const text = await sealKeyFile(bob, 'passphrase', { random, cost: cheap })
    return [utf8(text), bytes(base32.decode(text))]
  },
  run: async text => {
    const { cost } = keyFileHeader(text)
    assert(128 * 2 ** cost.logN * cost.r <= 256 * 1024 * 1024)
    // what a larger cost does is bounded by that check; here it would only be slow
    if (2 ** cost.logN * cost.r * cost.p > 1_024) return
    const identity = await openKeyFile(text, 'passphrase')
    assert.equal(identity.address, keyFileHeader(text).address)
  }
})

const names = targetOf({
  name: 'names',
  reads: 'names and safety numbers (§2.6, §10.10)',
  codes: ['CONTACT'],
  seeds: async () => [utf8('Bob'), utf8('Zoë ﬁn ẞ'), utf8(bob.address), utf8(safetyNumber(alice.key, bob.key))],
  run: text => {
    const safety = parseSafetyNumber(text)
    if (safety !== undefined) assert.equal(parseSafetyNumber(safety), safety)
    assert.equal(checkedName(checkedName(text)), checkedName(text))
  }
})

const invitations = targetOf({
  name: 'invitation',
  reads: 'invitations, forged and signed (§4.8)',
  codes: ['INVITATION'],
  seeds: async () => {
    const relay = {
      id: peerText(peerOf((relays[0] as (typeof relays)[number]).key)),
      addresses: ['/ip4/192.0.2.1/tcp/4001']
    }
    const fields = { token: fixedBytes('token', 16), expiresHour: nowHour + 100, name: 'Bob', relays: [relay] }
    const payloads = (await requestsAndAnswers()).filter(([name]) => name === 'Invitation')
    const { uri } = await signInvitation(bob, fields)
    return [
      utf8(uri),
      utf8(uri.toUpperCase()),
      utf8('mailbox:2.aaaa'),
      ...payloads.map(([, payload]) => bytes(payload))
    ]
  },
  textOf: async payload => {
    const signed = await sealDescriptor(bob, domains.invitation, payloadTypes.invitation, payload)
    return `mailbox:1.${base32.baseEncode(signed)}`
  },
  run: async text => {
    const { inviter, address, ...fields } = await openInvitation(text, { nowMs })
    const { uri } = await signInvitation(bob, fields)
    const again = await openInvitation(uri, { nowMs })
    assert.deepEqual({ ...again, inviter, address }, { ...fields, inviter, address })
  },
  // base58 of peer ids, and a signature around what was read
  work: { base: 120_000, perByte: 400 }
})

const configs = targetOf({
  name: 'config',
  reads: 'config files and variables',
  codes: ['CONFIG', 'USAGE'],
  seeds: async () => [
    utf8('{"data": "/tmp/x", "listen": ["/ip4/127.0.0.1/tcp/0"]}'),
    utf8('{"recordsMax": 10, "strangersRecordsMax": 5}'),
    utf8('{"__proto__": {"data": 1}, "constructor": 2}'),
    utf8('[1]')
  ],
  run: text => {
    for (const role of ['relay', 'client'] as const) {
      const { config } = resolveConfig(role, { variables: { HOME: '/home/x' }, file: { path: 'config.json', text } })
      assert(Object.isFrozen(config))
      assert.deepEqual(configOf(role, config, { HOME: '/home/x' }), config, 'a config that means something else')
    }
  },
  // distances to every key are worked out for a wrong one
  work: { base: 400_000, perByte: 20_000 }
})
export const texts: readonly Target[] = [
  addresses,
  privateKeys,
  phrases,
  keyFiles,
  names,
  invitations,
  { ...configs, name: 'config-file' }
]
