import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReceiptVerifier, signReceipts, type ReceiptFacts } from '../../../src/identity/receipt.ts'
import type { Receipt } from '../../../src/wire/messages.js'
import { bob, fixedBytes, hex, nowHour, nowMs, peerOf, relays } from '../../vectors/fixed.ts'
import { peerText } from '../../../src/identity/peer.ts'

const relay = relays[0] as (typeof relays)[number]

function facts(count: number): ReceiptFacts[] {
  return Array.from({ length: count }, (_, index) => {
    return {
      mailbox: bob.key,
      recordId: fixedBytes(`id ${index}`, 32),
      receivedMs: nowMs,
      keepUntilHour: nowHour + index
    }
  })
}

async function signed(list: readonly ReceiptFacts[], count = { signatures: 0 }): Promise<Receipt[]> {
  return await signReceipts(peerOf(relay.key), list, async message => {
    count.signatures++
    return await relay.sign(message)
  })
}

test('G1: every receipt of a group verifies and says what its relay signed', async () => {
  for (const size of [1, 2, 3, 7, 8, 9]) {
    const list = facts(size)
    const verifier = new ReceiptVerifier()
    const read = (await signed(list)).map(receipt => verifier.verify(receipt))
    assert.deepEqual(
      read,
      list.map(fact => ({ ...fact, relay: peerText(peerOf(relay.key)) }))
    )
  }
})

test('a group costs one signature, and no facts cost none', async () => {
  const count = { signatures: 0 }
  await signed(facts(300), count)
  assert.equal(count.signatures, 1)
  assert.deepEqual(await signed([], count), [])
  assert.equal(count.signatures, 1)
})

test('the path of a receipt has at most 9 hashes for a group of 512', async () => {
  const receipts = await signed(facts(512))
  assert.equal(Math.max(...receipts.map(receipt => receipt.path.length)), 9)
})

test('a changed signature is refused even when its root has been verified', async () => {
  const [receipt] = (await signed(facts(2))) as [Receipt, Receipt]
  const verifier = new ReceiptVerifier()
  verifier.verify(receipt)
  const signature = receipt.signature.with(0, (receipt.signature[0] ?? 0) ^ 1)
  assert.throws(() => verifier.verify({ ...receipt, signature }), { code: 'RECEIPT' })
})

test('a verifier that has forgotten a root checks it again', async () => {
  const groups = [await signed(facts(2)), await signed(facts(3)), await signed(facts(4))]
  const verifier = new ReceiptVerifier(1)
  for (const group of [...groups, ...groups]) {
    assert.equal(hex(verifier.verify(group[0] as Receipt).recordId), hex(fixedBytes('id 0', 32)))
  }
})

test('more facts than a path can address are refused', async () => {
  const [fact] = facts(1)
  const list = new Array<ReceiptFacts>(65_537).fill(fact as ReceiptFacts)
  await assert.rejects(signed(list), { code: 'SIZE' })
})
