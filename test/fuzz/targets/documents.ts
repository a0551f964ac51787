/**
 * Whatever is signed and comes from a peer. The first byte says whether the rest are the bytes themselves or a payload
 * that is then signed properly: a forger's bytes, or an owner's or relay's that is hostile.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { ErrorCode } from '../../../src/errors.ts'
import { openAdvert, peekAdvert, signAdvert } from '../../../src/identity/advert.ts'
import { openBundle, pickKey, signBundle } from '../../../src/identity/bundle.ts'
import {
  checkDevice,
  openDeviceCertificate,
  openHostConfig,
  signDeviceCertificate,
  signHostConfig
} from '../../../src/identity/device.ts'
import { domains, payloadTypes } from '../../../src/identity/domains.ts'
import type { Identity } from '../../../src/identity/keys.ts'
import { openLocator, recallLocator, signLocator } from '../../../src/identity/locator.ts'
import { verifyOwnerAuth } from '../../../src/identity/ownerauth.ts'
import { ReceiptVerifier, signReceipts } from '../../../src/identity/receipt.ts'
import { peekDescriptor, sealDescriptor, signingInput } from '../../../src/identity/signed.ts'
import { createTombstone, openTombstone } from '../../../src/identity/tombstone.ts'
import { decodeRequest } from '../../../src/relay/answer.ts'
import { AuthCall, Receipt, Tombstone } from '../../../src/wire/messages.js'
import { bob, client, fixedBytes, nowHour, nowMs, peerOf, relays } from '../../vectors/fixed.ts'
import { advertAt, certificateWith, challengeAnswer, locatorAt, receiptGroup, serial } from '../../vectors/positive.ts'
import { joined } from '../mutate.ts'
import { bundleOf, configOf } from '../signed.ts'
import type { Target } from '../target.ts'

const asItIs = 0
const signedHere = 1
const relay = relays[0] as (typeof relays)[number]
const descriptor: readonly ErrorCode[] = ['SIZE', 'DESCRIPTOR', 'VERSION', 'EXPIRED']

interface Kind {
  readonly name: string
  readonly section: string
  readonly codes: readonly ErrorCode[]
  readonly example: () => Promise<{ readonly bytes: Uint8Array }>
  readonly domain: string
  readonly type: Uint8Array
  readonly signer: Identity
  /** Opens; the fields that are signed, in the form that `again` signs. */
  readonly open: (bytes: Uint8Array) => Promise<unknown>
  /** The same fields signed anew; what `open` then gives must be the same. */
  readonly again: (fields: never) => Promise<{ readonly bytes: Uint8Array }>
}

function targetOf(kind: Kind): Target {
  const seal = async (payload: Uint8Array): Promise<Uint8Array> =>
    await sealDescriptor(kind.signer, kind.domain, kind.type, payload)
  return {
    name: kind.name,
    // base58 of peer ids
    work: { base: 80_000, perByte: 100 },
    reads: `${kind.name}, forged and signed (${kind.section})`,
    codes: kind.codes,
    head: 1,
    seeds: async () => {
      const { bytes } = await kind.example()
      const { payload } = peekDescriptor(bytes)
      return [joined([Uint8Array.of(asItIs), bytes]), joined([Uint8Array.of(signedHere), payload])]
    },
    run: async input => {
      const rest = input.subarray(1)
      const bytes = input[0] === signedHere ? await seal(rest) : rest
      const fields = await kind.open(bytes)
      const written = await kind.again(fields as never)
      assert.deepEqual(
        await kind.open(written.bytes),
        fields,
        `a ${kind.name} that means something else when it is signed again`
      )
    }
  }
}

/** What an opened descriptor says, without the bytes that said it. */
function said(opened: object): unknown {
  const apart = ['bytes', 'digest', 'mailbox', 'relay']
  return Object.fromEntries(Object.entries(opened).filter(([name]) => !apart.includes(name)))
}

const kinds: readonly Kind[] = [
  {
    name: 'locator',
    section: '§4.2',
    codes: descriptor,
    example: async () => await locatorAt(nowMs),
    domain: domains.locator,
    type: payloadTypes.locator,
    signer: bob,
    open: async bytes => {
      const opened = await openLocator(bytes, { nowHour })
      assert.deepEqual(recallLocator(bytes).relays, opened.relays)
      return said(opened)
    },
    again: async fields => {
      const given: Parameters<typeof signLocator>[1] = fields
      // the check of the validity is against the hour of the signing
      const { bytes } = await signLocator(bob, {
        ...given,
        issuedHour: Math.min(given.issuedHour, given.validUntilHour - 1)
      })
      return { bytes }
    }
  },
  {
    name: 'bundle',
    section: '§4.3',
    codes: descriptor,
    example: bundleOf,
    domain: domains.bundle,
    type: payloadTypes.bundle,
    signer: bob,
    open: async bytes => {
      const opened = await openBundle(bytes, { nowHour })
      if (opened.keys.length > 0 && opened.keys.some(key => key.notAfterHour > nowHour)) pickKey(opened, nowHour)
      return said(opened)
    },
    again: async fields => await signBundle(bob, fields)
  },
  {
    name: 'config',
    section: '§4.4',
    codes: ['SIZE', 'DESCRIPTOR', 'VERSION'],
    example: configOf,
    domain: domains.config,
    type: payloadTypes.config,
    signer: bob,
    open: async bytes => said(await openHostConfig(bytes)),
    again: async fields => await signHostConfig(bob, fields)
  },
  {
    name: 'certificate',
    section: '§4.5',
    codes: ['DESCRIPTOR', 'VERSION', 'KEY', 'AUTH'],
    example: async () => await certificateWith(serial, 3),
    domain: domains.device,
    type: payloadTypes.device,
    signer: bob,
    open: async bytes => {
      const opened = await openDeviceCertificate(bytes)
      await checkDevice(bytes, { mailbox: bob.key, nowHour, scopes: 1, revoked: [fixedBytes('revoked', 16)] })
      return said(opened)
    },
    again: async fields => await signDeviceCertificate(bob, fields)
  },
  {
    name: 'advert',
    section: '§6.6',
    codes: descriptor,
    example: async () => await advertAt(nowMs),
    domain: domains.advert,
    type: payloadTypes.advert,
    signer: relay,
    open: async bytes => {
      const opened = await openAdvert(bytes, { nowMs })
      assert.deepEqual(peekAdvert(bytes), { relay: opened.relay, issuedMs: opened.issuedMs })
      return said(opened)
    },
    again: async fields => await signAdvert(relay, fields)
  }
]

const tombstone: Target = {
  name: 'tombstone',
  reads: 'tombstones, forged and signed (§8.7)',
  codes: ['MALFORMED', 'SIZE', 'AUTH'],
  head: 1,
  seeds: async () => {
    const ids = [fixedBytes('id 0', 32), fixedBytes('id 1', 32)]
    const signed = await createTombstone(bob, { ids, dropAfterHour: nowHour + 300, issuedMs: nowMs })
    return [joined([Uint8Array.of(asItIs), signed]), joined([Uint8Array.of(signedHere), Tombstone.decode(signed).body])]
  },
  run: async input => {
    const body = input.subarray(1)
    const signature = await bob.sign(signingInput(domains.tombstone, payloadTypes.tombstone, body))
    const bytes = input[0] === signedHere ? Tombstone.encode({ body, signer: bob.key, signature }) : body
    const { ids, dropAfterHour, issuedMs, mailbox } = await openTombstone(bytes, { nowHour, revoked: [] })
    const again = await openTombstone(await createTombstone(bob, { ids, dropAfterHour, issuedMs, mailbox }), {
      nowHour
    })
    assert.deepEqual([again.ids, again.dropAfterHour, again.issuedMs], [ids, dropAfterHour, issuedMs])
  }
}

const receipt: Target = {
  name: 'receipt',
  reads: 'receipts, forged and signed (§7.4)',
  codes: ['RECEIPT', 'MALFORMED'],
  head: 1,
  seeds: async () => {
    const group = await receiptGroup(5)
    const whole = group.map(one => joined([Uint8Array.of(asItIs), Receipt.encode(one)]))
    return [...whole, joined([Uint8Array.of(signedHere), (group[0] as Receipt).body])]
  },
  run: async input => {
    const rest = input.subarray(1)
    if (input[0] === signedHere) {
      const root = (body: Uint8Array): Uint8Array =>
        new Uint8Array(createHash('sha256').update(Uint8Array.of(0)).update(body).digest())
      const payload = joined([root(rest), Uint8Array.of(0, 0, 0, 1)])
      const signature = await relay.sign(signingInput(domains.receipt, payloadTypes.receipt, payload))
      const alone = { relay: peerOf(relay.key), body: rest, index: 0, leaves: 1, path: [], signature }
      const facts = new ReceiptVerifier().verify(alone)
      const [again] = await signReceipts(peerOf(relay.key), [facts], async message => await relay.sign(message))
      assert.deepEqual(new ReceiptVerifier().verify(again as Receipt), facts)
      return
    }
    const decoded = decodeRequest(Receipt, rest)
    const verifier = new ReceiptVerifier()
    const facts = verifier.verify(decoded)
    assert.deepEqual(verifier.verify(decoded), facts, 'a remembered root says something else')
  }
}

const ownerAuth: Target = {
  name: 'owner-auth',
  reads: 'answers to a challenge, forged and signed (§8.1)',
  codes: ['AUTH', 'MALFORMED'],
  head: 1,
  seeds: async () => {
    const call = await challengeAnswer()
    const { bytes } = await certificateWith(serial, 7)
    return [
      joined([Uint8Array.of(asItIs), AuthCall.encode(call)]),
      joined([Uint8Array.of(asItIs), AuthCall.encode({ ...call, deviceCert: bytes })]),
      joined([Uint8Array.of(signedHere), call.body])
    ]
  },
  run: async input => {
    const body = input.subarray(1)
    const signature = await bob.sign(signingInput(domains.ownerAuth, payloadTypes.ownerAuth, body))
    const call = input[0] === signedHere ? { body, signature } : decodeRequest(AuthCall, body)
    const ends = { relay: peerOf(relay.key), client: peerOf(client.key), nonce: fixedBytes('nonce', 32), nowHour }
    const proved = await verifyOwnerAuth(call, ends)
    assert.deepEqual(proved.mailbox, bob.key, 'somebody else has proved to be the owner')
  }
}

export const documents: readonly Target[] = [...kinds.map(targetOf), tombstone, receipt, ownerAuth]
