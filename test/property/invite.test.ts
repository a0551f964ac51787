/** Invites of a relay's operator: whatever is pasted, and whatever comes over the wire (SPEC §8.2). */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isMailboxError } from '../../src/errors.ts'
import { checkInvite, inviteLength, openInvite, readInvite, signInvite } from '../../src/identity/invite.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { peerOfKey, peerText } from '../../src/identity/peer.ts'

const nowHour = 490_000
const relay = generateIdentity()
const text = await signInvite(relay, { id: new Uint8Array(16).fill(7), expiresHour: nowHour + 24 })
const { bytes } = readInvite(text)

function codeOf(work: () => unknown): string {
  try {
    work()
    return 'none'
  } catch (error) {
    return isMailboxError(error) ? error.code : String(error)
  }
}

test('an invite reads back whatever its id and term, and fits a line', async () => {
  const id = fc.uint8Array({ minLength: 16, maxLength: 16 })
  await fc.assert(
    fc.asyncProperty(id, fc.integer({ min: 0, max: 2 ** 32 - 1 }), async (one, expiresHour) => {
      const written = await signInvite(relay, { id: one, expiresHour })
      assert.match(written, /^relay-invite:1\.[a-z2-7]+$/)
      assert.equal(written.length, inviteLength)
      const read = readInvite(` ${written.slice(0, 70)}\r\n${written.slice(70)}\n`)
      assert.deepEqual([read.relay, read.expiresHour], [peerText(peerOfKey(relay.key)), expiresHour])
      assert.deepEqual(Buffer.from(read.id), Buffer.from(one))
      assert.deepEqual(openInvite(read.bytes), read)
    }),
    { numRuns: 50 }
  )
})

test('G7: an invite with any bit of its text changed is INVITATION', () => {
  for (let at = 0; at < text.length; at++) {
    for (let bit = 0; bit < 7; bit++) {
      const changed = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << bit)) + text.slice(at + 1)
      assert.equal(
        codeOf(() => readInvite(changed)),
        'INVITATION',
        `character ${at}, bit ${bit}`
      )
    }
  }
})

test('G7: a relay refuses an invite with any bit of its bytes changed', () => {
  const o = { self: peerOfKey(relay.key), nowHour }
  assert.deepEqual(checkInvite(bytes, o).id, readInvite(text).id)
  for (let at = 0; at < bytes.length * 8; at++) {
    const changed = bytes.with(at >> 3, (bytes[at >> 3] ?? 0) ^ (1 << (at % 8)))
    assert.equal(
      codeOf(() => checkInvite(changed, o)),
      'POLICY',
      `bit ${at}`
    )
  }
})

test('arbitrary text is no invite, and nothing but an INVITATION error', () => {
  const tail = fc.oneof(fc.string({ maxLength: 300 }), fc.stringMatching(/^[a-z2-7]{0,300}$/))
  const start = fc.constantFrom(
    'relay-invite:1.',
    'relay-invite:2.',
    'relay-invite:',
    'mailbox:1.',
    'RELAY-INVITE:1.',
    ''
  )
  fc.assert(
    fc.property(start, tail, (first, rest) => {
      assert.equal(
        codeOf(() => readInvite(first + rest)),
        'INVITATION'
      )
    }),
    { numRuns: 2_000 }
  )
})

test('arbitrary bytes are no invite: INVITATION where they are read, POLICY at a relay', () => {
  const some = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ minLength: 116, maxLength: 116 }))
  fc.assert(
    fc.property(some, fc.boolean(), (any, isNamed) => {
      if (isNamed && any.length >= 32) any.set(relay.key)
      assert.equal(
        codeOf(() => openInvite(any)),
        'INVITATION'
      )
      assert.equal(
        codeOf(() => checkInvite(any, { self: peerOfKey(relay.key), nowHour })),
        'POLICY'
      )
    }),
    { numRuns: 2_000 }
  )
})
