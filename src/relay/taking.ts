/** How a record and a tombstone come to be held, whoever brings them: a sender, the owner, another replica. */
import { createHash } from 'node:crypto'
import { equals } from 'uint8arrays/equals'
import { hourOf, type Environment } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import type { IdentityKey } from '../identity/keys.ts'
import { openTombstone } from '../identity/tombstone.ts'
import { StoredRecord, Tombstone, type Record } from '../wire/messages.js'
import { decodeRequest } from './answer.ts'
import type { Arrivals } from './arrivals.ts'
import type { HostedMailbox } from './hosted.ts'
import { senderOf, type Lane } from './lanes.ts'
import { deposit, tombstone, type Kept } from './operations.ts'
import { hasRoom, type Disk } from './options.ts'
import type { RelayStore } from './store.ts'

export interface RecordToTake {
  readonly record: Record
  /** As it came; absent: none. */
  readonly proof: Uint8Array | undefined
  readonly lane: Lane
  readonly id: Uint8Array
  readonly mailbox: Uint8Array
  readonly expiresHour: number
  readonly receivedMs: number
}

/**
 * Takes a record that has passed the checks of §7.2, and tells who waits for it.
 * @throws MailboxError QUOTA, POW, BUSY, STORE, CLOSED
 */
export async function takeRecord(
  { store, arrivals, disk }: { readonly store: RelayStore; readonly arrivals: Arrivals; readonly disk: Disk },
  { record, proof, ...facts }: RecordToTake
): Promise<Kept> {
  const shown = proof === undefined ? {} : { proof }
  const stored = StoredRecord.encode({ receivedMs: facts.receivedMs, ...record, ...shown })
  const kept = await store.write(deposit({ ...facts, stored, diskFull: !hasRoom(disk, senderOf(facts.lane)) }))
  if (kept.fresh) arrivals.notify(facts.mailbox)
  return kept
}

/**
 * Checks a signed tombstone (SPEC §8.7), takes it and removes what it names.
 * @returns how many ids it names
 * @throws MailboxError MALFORMED, SIZE, AUTH, QUOTA, BUSY, STORE, CLOSED
 */
export async function takeTombstone(
  { store, env }: { readonly store: RelayStore; readonly env: Environment },
  mailbox: IdentityKey,
  { config }: HostedMailbox,
  signed: Uint8Array
): Promise<number> {
  const nowMs = env.now()
  const { body } = decodeRequest(Tombstone, signed)
  const facts = await openTombstone(signed, { nowHour: hourOf(nowMs), revoked: config?.revoked ?? [] })
  if (!equals(facts.mailbox, mailbox)) throw new MailboxError('MALFORMED', 'A tombstone of another mailbox.')
  const { ids, dropAfterHour } = facts
  // of what was signed: the outer message can be written in many ways
  const digest = createHash('sha256').update(body).digest()
  await store.write(tombstone({ mailbox, ids, dropAfterHour, nowMs, signed, digest }))
  return ids.length
}
