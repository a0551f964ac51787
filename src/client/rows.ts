/** The values in the local store's tables. Bytes stay bytes; ids and peer ids are the texts that callers see. */
import type { Prekey } from '../identity/prekey.ts'

/**
 * A locator that was in force before, or that relays were asked to take and may have taken: they may hold mail that those
 * of the one in force do not (SPEC §10.7).
 */
export interface FormerRow {
  readonly locator: Uint8Array
  readonly locatorHour: number
  /** When another took its place, or when relays were asked; unix hours. */
  readonly changedHour: number
  /** Its relays that know a newer locator, so that they take no more records. */
  readonly told: readonly string[]
  /** Those of them that have no mailbox: nothing is to be collected there. */
  readonly without: readonly string[]
}

export interface RegistrationRow {
  /** Signed bytes, as the relays hold them. */
  readonly locator: Uint8Array
  /** When it was signed, unix hours: one's own locator is read after its end too, since it says where the mail is. */
  readonly locatorHour: number
  readonly bundle: Uint8Array
  readonly bundleHour: number
  /** Relay → end of its lease, unix hours. */
  readonly leases: Readonly<Record<string, number>>
  /** Hour of the last pull that was complete; decides when replaced prekeys are erased (SPEC §4.7). */
  readonly completeHour?: number
  /** True: the client chose the relays, and may choose others. Otherwise the owner, or another client, listed them. */
  readonly automatic?: boolean
}

/** Of the stamp that opens this mailbox at relays which ask for one. */
export interface StampRow {
  readonly nonce: Uint8Array
  /** It was made for as many. */
  readonly bits: number
}

export interface KeyringRow {
  readonly prekeys: readonly Prekey[]
}

/** A message as it was opened. Written once; what changes is in its state. */
export interface MessageRow {
  readonly from: string
  readonly receivedMs: number
  readonly createdMs: number
  readonly contentType: string
  readonly body: Uint8Array
  readonly subject?: string
  readonly inReplyTo?: string
  readonly expiresHour: number
  /** Of a request: the gate of its sender's that it brought, for when its sender is accepted. */
  readonly gate?: Uint8Array
}

/** Where a message is; the lists that name it follow from this alone (lists.ts). */
export interface StateRow {
  /** `deleted`: in no list; the message goes with the event that says so. */
  readonly list: 'inbox' | 'requests' | 'deleted'
  /** When it came into its list, milliseconds; no other message has the same. */
  readonly place: number
  /** Who sent it. */
  readonly peer: string
  /** Number of the event that told of it. */
  readonly order: number
  readonly expiresHour: number
  readonly readMs?: number
  readonly ackedMs?: number
}

export interface SentStateRow {
  readonly list: 'sent' | 'deleted'
  /** When W relays had confirmed it, milliseconds; no other message has the same. */
  readonly place: number
  /** To whom it was sent. */
  readonly peer: string
  readonly order: number
  /** Encoded receipts, at most one per relay. */
  readonly receipts: readonly Uint8Array[]
  readonly writeQuorum: number
  /** It was queued under this name, before it could be sealed. */
  readonly handle?: string
}

export type EventType = 'message' | 'request' | 'read' | 'unread' | 'deleted'

/** What happened to a message, and its state then. */
export interface EventRow<S> {
  readonly type: EventType
  readonly id: string
  readonly atMs: number
  readonly state: S
  /** How many messages had come until then, this one included. */
  readonly arrivals: number
}

/** The events that are kept, by their numbers; `last` is `first` - 1 when there are none. */
export interface EventSpan {
  readonly first: number
  readonly last: number
  /** Messages that have come, ever. */
  readonly arrivals: number
}

export interface BooksRow {
  /** Names this store in the cursors of its watches: 16 hex digits, drawn when it was made. */
  readonly epoch: string
  /** The last place that was given. */
  readonly place: number
  readonly received: EventSpan
  readonly sent: EventSpan
}

export interface SeenRow {
  readonly expiresHour: number
  /** The client wants it off the relays. */
  readonly acked: boolean
}

export interface CursorRow {
  readonly epoch: Uint8Array
  readonly seq: number
}

export interface FailedRow {
  readonly code: string
  readonly relay: string
  readonly atMs: number
}

export interface RecordRow {
  readonly header: Uint8Array
  readonly enc: Uint8Array
  readonly ct: Uint8Array
}

/** The copy of a message that was sent. Written once. */
export interface SentRow {
  readonly to: string
  readonly createdMs: number
  readonly contentType: string
  readonly body: Uint8Array
  readonly subject?: string
  readonly inReplyTo?: string
  readonly expiresHour: number
}

/** `stored` never appears in the outbox: a stored message leaves it for the sentbox in the same batch. */
export type OutboxState = 'queued' | 'no-mailbox' | 'full' | 'unknown' | 'failed' | 'expired'

export interface OutboxRow {
  readonly to: string
  readonly createdMs: number
  readonly expiresHour: number
  readonly state: OutboxState
  readonly attempts: number
  /** Wall clock of the next attempt. */
  readonly nextMs: number
  readonly receipts: readonly Uint8Array[]
  readonly code?: string
  readonly reason?: string
  /** Of a message queued before its recipient's keys were known: its key until it is sealed, and its alias ever after. */
  readonly handle?: string
  /** An attempt has begun whose outcome is not recorded here. */
  readonly trying?: boolean
  /** Bytes of it may have reached a relay. */
  readonly left?: boolean
  /** When it failed or expired. */
  readonly endedMs?: number
  /** For the strangers lane: solved for this record, kept so that a retry needs no second one. */
  readonly stamp?: StampRow
}

export interface StampRow {
  /** 8 bytes. */
  readonly nonce: Uint8Array
  readonly bits: number
}

/** An entry of the outbox that could not be read, with its bytes as they were. */
export interface AsideRow {
  readonly bytes: Uint8Array
  readonly atMs: number
}

/** A message that is not sealed, since its recipient's keys are not known. */
export interface DraftRow extends SentRow {
  /** The token of the recipient's invitation. */
  readonly invitation?: Uint8Array
  /** False: the sender left its time to live to what the recipient allows. */
  readonly strict: boolean
}

/** What came of asking one relay, or, without a relay, of looking for one. */
export interface AttemptRow {
  readonly atMs: number
  readonly relay?: string
  readonly code?: string
  readonly receivedMs?: number
  readonly keepUntilHour?: number
}

export interface PeerRow {
  readonly locator?: Uint8Array
  readonly locatorMs?: number
  readonly bundle?: Uint8Array
  readonly bundleMs?: number
  /** Zero bits that a relay has asked strangers for, when the bundle came. */
  readonly powBits?: number
}

/** A gate of this owner's mailbox, by its id in hex. */
export interface GateRow {
  readonly name: string
  /** Absent: the store that had it was lost, and only the bundle still told of the gate. */
  readonly seed?: Uint8Array
  /** Where the seed is not here: 32 bytes. */
  readonly publicKey?: Uint8Array
  readonly share: number
  readonly createdMs: number
  /** Unix hours; absent: in force. */
  readonly revokedHour?: number
}

/** By address: the gate of that mailbox that its owner has given to this one. */
export interface GivenRow {
  readonly seed: Uint8Array
  /** When the giver says it was, and when it came here. */
  readonly givenMs: number
  readonly atMs: number
}

/** By address. */
export interface ContactRow {
  readonly name: string
  readonly addedMs: number
  /** When the owner said that the safety numbers agree. */
  readonly verifiedMs?: number
  /** Id of the gate that it is dealt; absent: the default one. */
  readonly gate?: string
}

export interface BlockedRow {
  readonly atMs: number
}

export interface WaitingRow {
  readonly from: string
  readonly expiresHour: number
  /** Which of the two limits was reached. */
  readonly limit: 'requestsMax' | 'requestsPerSenderMax'
}

export interface InvitationRow {
  readonly token: Uint8Array
  readonly uri: string
  readonly createdMs: number
  readonly expiresHour: number
  /** What the contact is to be called. */
  readonly contact?: string
  readonly usedBy?: string
  readonly usedMs?: number
  /** Id of the gate that the contact is dealt, where it is not the default one. */
  readonly gate?: string
}

export interface AcceptedRow {
  readonly token: Uint8Array
  readonly expiresHour: number
  readonly relays: ReadonlyArray<{ readonly id: string; readonly addresses: readonly string[] }>
}
