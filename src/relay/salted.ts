/** The sets that two relays reconcile, under ids that are salted for the stream between them (SPEC §9.6). */
import { hash } from 'node:crypto'
import { saltedId, type HeldItem, type Inventory } from './inventory.ts'
import { isMailboxError } from '../errors.ts'
import { throwIfAborted } from '../placement/turns.ts'
import { nameOf } from './keys.ts'
import { ItemSet } from './reconcile.ts'
import type { Replicas } from './replicas.ts'

/** Of each end's half of a salt. */
export const saltBytes = 16

/** One item for each mailbox that is kept equal with `peer`; it differs when anything of the mailbox does. */
export async function mailboxSet(
  o: { replicas: Replicas; inventory: Inventory },
  peer: string,
  salt: Uint8Array,
  signal: AbortSignal
): Promise<{ set: ItemSet; mailboxes: Map<string, Uint8Array> }> {
  const mailboxes = new Map<string, Uint8Array>()
  const ids: Uint8Array[] = []
  for (const mailbox of o.replicas.sharedWith(peer)) {
    throwIfAborted(signal)
    const digest = await digestOf(o.inventory, mailbox)
    if (digest === undefined) continue
    const id = hash('sha256', Buffer.concat([salt, mailbox, digest]), 'buffer')
    ids.push(id)
    mailboxes.set(nameOf(id), mailbox)
  }
  return { set: new ItemSet(ids.map(id => ({ key: 0, id }))), mailboxes }
}

/** Undefined when the lease has run out: the mailbox is not kept any more. */
async function digestOf(inventory: Inventory, mailbox: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    return await inventory.digest(mailbox)
  } catch (error) {
    if (isMailboxError(error, 'NO_MAILBOX')) return undefined
    throw error
  }
}

/** The items of one mailbox. */
export async function itemSet(
  inventory: Inventory,
  mailbox: Uint8Array,
  salt: Uint8Array
): Promise<{ set: ItemSet; items: Map<string, HeldItem> }> {
  const items = new Map<string, HeldItem>()
  const salted = (await inventory.items(mailbox)).map(item => {
    const id = saltedId(salt, item)
    items.set(nameOf(id), item)
    return { key: item.key, id }
  })
  return { set: new ItemSet(salted), items }
}
