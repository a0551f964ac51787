/**
 * Receipts: a relay's signed word that it has a record on disk. One signature covers a whole commit group: it is made
 * over the root of a Merkle tree, and each receipt carries its own leaf and path (SPEC §7.4).
 */
import { LRUCache } from 'lru-cache'
import { sha256 } from '../crypto/primitives.ts'
import { MailboxError } from '../errors.ts'
import { receiptLeavesMax, receiptRootsMax } from '../limits.ts'
import { ReceiptBody, type Receipt } from '../wire/messages.js'
import { domains, payloadTypes } from './domains.ts'
import { verify } from './keys.ts'
import { peerKey, peerText } from './peer.ts'
import { signingInput } from './signed.ts'
import { binary } from './text.ts'

export interface ReceiptFacts {
  mailbox: Uint8Array
  recordId: Uint8Array
  receivedMs: number
  keepUntilHour: number
}

const hashBytes = 32
const leafTag = Uint8Array.of(0)
const nodeTag = Uint8Array.of(1)

/**
 * Signs receipts for one commit group with one signature (SPEC §7.4).
 * @param relay peer id of the relay, multihash bytes
 * @throws MailboxError SIZE for more facts than `receiptLeavesMax`
 */
export async function signReceipts(
  relay: Uint8Array,
  facts: readonly ReceiptFacts[],
  sign: (message: Uint8Array) => Promise<Uint8Array> | Uint8Array
): Promise<Receipt[]> {
  if (facts.length === 0) return []
  if (facts.length > receiptLeavesMax) throw new MailboxError('SIZE', 'Too many receipts for one signature.')
  const bodies = facts.map(fact => ReceiptBody.encode(fact))
  const levels = treeOver(bodies.map(body => sha256(leafTag, body)))
  const root = levels.at(-1)?.[0] as Uint8Array
  const signature = await sign(rootInput(root, bodies.length))
  return bodies.map((body, index) => {
    return { relay, body, index, leaves: bodies.length, path: pathOf(levels, index), signature }
  })
}

/** All levels of the tree, leaves first; a node without a neighbour moves up unchanged. */
function treeOver(leaves: Uint8Array[]): Uint8Array[][] {
  const levels = [leaves]
  // halves each time: at most 17 levels for `receiptLeavesMax` leaves
  for (let level = leaves; level.length > 1;) {
    const next: Uint8Array[] = []
    for (let at = 0; at < level.length; at += 2) {
      const left = level[at] as Uint8Array
      const right = level[at + 1]
      next.push(right === undefined ? left : sha256(nodeTag, left, right))
    }
    levels.push(next)
    level = next
  }
  return levels
}

function pathOf(levels: Uint8Array[][], index: number): Uint8Array[] {
  const path: Uint8Array[] = []
  for (const level of levels) {
    const neighbour = level[index ^ 1]
    if (neighbour !== undefined) path.push(neighbour)
    index >>= 1
  }
  return path
}

/** The root that a leaf and its path lead to, or undefined when the path has another length than its place demands. */
function rootOf(receipt: Receipt): Uint8Array | undefined {
  let hashed = sha256(leafTag, receipt.body)
  let used = 0
  // halves `count` each time: at most 16 rounds for `receiptLeavesMax` leaves
  for (let index = receipt.index, count = receipt.leaves; count > 1; index >>= 1, count = (count + 1) >> 1) {
    if ((index ^ 1) >= count) continue
    const neighbour = receipt.path[used++]
    if (neighbour?.length !== hashBytes) return undefined
    hashed = index % 2 === 0 ? sha256(nodeTag, hashed, neighbour) : sha256(nodeTag, neighbour, hashed)
  }
  return used === receipt.path.length ? hashed : undefined
}

function rootInput(root: Uint8Array, leaves: number): Uint8Array {
  const payload = new Uint8Array(hashBytes + 4)
  payload.set(root)
  new DataView(payload.buffer).setUint32(hashBytes, leaves)
  return signingInput(domains.receipt, payloadTypes.receipt, payload)
}

/** Checks receipts; remembers the roots it has verified, so that a group costs one signature check. */
export class ReceiptVerifier {
  /** relay ‖ signature ‖ root ‖ leaves → peer id text; bounded by its `max`. */
  readonly #roots: LRUCache<string, string>

  constructor(rootsMax: number = receiptRootsMax) {
    this.#roots = new LRUCache({ max: rootsMax })
  }

  /**
   * SPEC §7.4 checks 1 to 4. The facts are the relay's claim; the caller compares mailbox and record id.
   * @throws MailboxError RECEIPT
   */
  verify(receipt: Receipt): ReceiptFacts & { relay: string } {
    const { index, leaves } = receipt
    // SPEC §7.4 check 1
    if (leaves < 1 || leaves > receiptLeavesMax || index >= leaves) {
      throw new MailboxError('RECEIPT', 'The place of a receipt in its group is not possible.')
    }
    // SPEC §7.4 check 2
    const root = rootOf(receipt)
    if (root === undefined) throw new MailboxError('RECEIPT', 'The path of a receipt does not fit its place.')
    // SPEC §7.4 checks 3 and 4
    const relay = this.#relayOf(receipt, root)
    return { ...factsOf(receipt.body), relay }
  }

  #relayOf(receipt: Receipt, root: Uint8Array): string {
    const known = `${[receipt.relay, receipt.signature, root].map(binary).join('')}:${receipt.leaves}`
    let relay = this.#roots.get(known)
    if (relay === undefined) {
      relay = checkRoot(receipt, root)
      this.#roots.set(known, relay)
    }
    return relay
  }
}

function checkRoot(receipt: Receipt, root: Uint8Array): string {
  if (!verify(relayKey(receipt.relay), rootInput(root, receipt.leaves), receipt.signature)) {
    throw new MailboxError('RECEIPT', 'The signature of a receipt does not verify.')
  }
  return peerText(receipt.relay)
}

function relayKey(relay: Uint8Array): ReturnType<typeof peerKey> {
  try {
    return peerKey(relay)
  } catch (cause) {
    throw new MailboxError('RECEIPT', 'The relay of a receipt has no usable Ed25519 peer id.', { cause })
  }
}

function factsOf(body: Uint8Array): ReceiptFacts {
  const facts = decodeBody(body)
  if (facts.mailbox.length !== 32 || facts.recordId.length !== hashBytes || !Number.isSafeInteger(facts.receivedMs)) {
    throw new MailboxError('RECEIPT', 'The body of a receipt has the wrong form.')
  }
  return facts
}

function decodeBody(body: Uint8Array): ReceiptFacts {
  try {
    return ReceiptBody.decode(body)
  } catch (cause) {
    throw new MailboxError('RECEIPT', 'The body of a receipt cannot be read.', { cause })
  }
}
