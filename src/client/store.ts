/**
 * The client's local store: tables of CBOR values in any abstract-level database, and one way to write: a batch that
 * is synced to disk before it counts. A crash between two batches is always a state the client can go on from
 * (SPEC §10.1).
 */
import { decode, encode } from 'cborg'
import { equals } from 'uint8arrays'
import { MailboxError } from '../errors.ts'
import type {
  AcceptedRow,
  AsideRow,
  AttemptRow,
  InvitationRow,
  WaitingRow,
  BlockedRow,
  BooksRow,
  ContactRow,
  CursorRow,
  DraftRow,
  EventRow,
  FailedRow,
  FormerRow,
  GateRow,
  GivenRow,
  KeyringRow,
  MessageRow,
  OutboxRow,
  PeerRow,
  RecordRow,
  RegistrationRow,
  SeenRow,
  SentRow,
  SentStateRow,
  StampRow,
  StateRow
} from './rows.ts'

const encodings = { keyEncoding: 'utf8', valueEncoding: 'view' } as const
type Encodings = typeof encodings

export interface KeyRange {
  readonly gt?: string
  readonly gte?: string
  readonly lt?: string
  readonly lte?: string
  readonly limit?: number
  readonly reverse?: boolean
}

export type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: string }

/** What is used of an abstract-level database: LevelDB, memory, IndexedDB and sublevels of them fit. */
export interface Database {
  open: () => Promise<void>
  get: (key: string, options: Encodings) => Promise<Uint8Array | undefined>
  getMany: (keys: string[], options: Encodings) => Promise<Array<Uint8Array | undefined>>
  /** `sync` is classic-level's; stores without a disk ignore it. */
  batch: (operations: Operation[], options: Encodings & { sync: boolean }) => Promise<void>
  iterator: (options: Encodings & KeyRange) => AsyncIterable<[string, Uint8Array]> & { close: () => Promise<void> }
}

/** The format this version writes; a store with another number is refused (SPEC §10.1). */
export const storeFormat = 2

interface FormatRow {
  readonly format: number
  readonly identity: Uint8Array
}

const storeError = (cause: unknown): MailboxError =>
  new MailboxError('STORE', 'The local store could not be read or written.', { cause })

const unsound = (key: string, cause: unknown): MailboxError =>
  new MailboxError('DAMAGED', `The entry ${JSON.stringify(key)} of the local store is not sound.`, { cause })

async function guarded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw storeError(cause)
  }
}

/** A named part of the store. Keys are text; they sort as their UTF-16 code units do. */
export class Table<V> {
  readonly #db: Database
  readonly #prefix: string

  constructor(db: Database, name: string) {
    this.#db = db
    this.#prefix = `${name}!`
  }

  /** @throws MailboxError STORE, here and in every other call; DAMAGED for an entry that is not sound */
  async get(key: string): Promise<V | undefined> {
    return sound((await this.tryMany([key]))[0])
  }

  async getMany(keys: readonly string[]): Promise<Array<V | undefined>> {
    return (await this.tryMany(keys)).map(sound)
  }

  /** As `getMany`, with the error in the place of an entry that is not sound. */
  async tryMany(keys: readonly string[]): Promise<Array<V | MailboxError | undefined>> {
    const full = keys.map(key => this.#prefix + key)
    const values = await guarded(this.#db.getMany(full, encodings))
    return values.map((value, at) =>
      value === undefined ? undefined : (parse(full[at] ?? '', value) as V | MailboxError)
    )
  }

  /** Entries in key order, read as the caller takes them. */
  async *entries(range: KeyRange = {}): AsyncGenerator<[string, V]> {
    for await (const [key, value] of this.#read(range))
      yield [key.slice(this.#prefix.length), sound(parse(key, value) as V | MailboxError)]
  }

  /** As `entries`, with the error in the place of an entry that is not sound. */
  async *tryEntries(range: KeyRange = {}): AsyncGenerator<[string, V | MailboxError]> {
    for await (const [key, value] of this.#read(range))
      yield [key.slice(this.#prefix.length), parse(key, value) as V | MailboxError]
  }

  /** What is under a key, sound or not. */
  async raw(key: string): Promise<Uint8Array | undefined> {
    return await guarded(this.#db.get(this.#prefix + key, encodings))
  }

  /** The keys alone, whatever is under them. */
  async *keys(range: KeyRange = {}): AsyncGenerator<string> {
    for await (const [key] of this.#read(range)) yield key.slice(this.#prefix.length)
  }

  async *#read(range: KeyRange): AsyncGenerator<[string, Uint8Array]> {
    const iterator = this.#db.iterator({ ...encodings, ...this.#bounds(range), ...plain(range) })
    try {
      yield* iterator
    } catch (cause) {
      throw storeError(cause)
    }
  }

  /** abstract-level heeds one lower and one upper bound; without one of the caller's it is the table's. */
  #bounds({ gt, gte, lt, lte }: KeyRange): KeyRange {
    const lower = gt === undefined ? { gte: this.#prefix + (gte ?? '') } : { gt: this.#prefix + gt }
    // '"' is the character after '!': the end of this table
    const end = `${this.#prefix.slice(0, -1)}"`
    const upper = lte === undefined ? { lt: lt === undefined ? end : this.#prefix + lt } : { lte: this.#prefix + lte }
    return { ...lower, ...upper }
  }

  put(key: string, value: V): Operation {
    return { type: 'put', key: this.#prefix + key, value: encode(value, { ignoreUndefinedProperties: true }) }
  }

  /** What an operation on this table leaves. */
  valueOf(operation: Operation): V | undefined {
    return operation.type === 'del' ? undefined : sound(parse(operation.key, operation.value) as V | MailboxError)
  }

  del(key: string): Operation {
    return { type: 'del', key: this.#prefix + key }
  }
}

const plain = (range: KeyRange): KeyRange => ({
  ...(range.limit === undefined ? {} : { limit: range.limit }),
  ...(range.reverse === undefined ? {} : { reverse: range.reverse })
})

/** The value, or the error in its place. */
function parse(key: string, bytes: Uint8Array): unknown {
  try {
    // a view of plain Uint8Array kind, so that nested bytes are not Buffers
    return decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  } catch (cause) {
    return unsound(key, cause)
  }
}

function sound<V>(value: V | MailboxError): V {
  if (value instanceof MailboxError) throw value
  return value
}

export class LocalStore {
  readonly #db: Database
  readonly registration: Table<RegistrationRow>
  /** Oldest first, at most formerLocatorsMax. */
  readonly former: Table<readonly FormerRow[]>
  readonly stamp: Table<StampRow>
  /** Relay → an invite of it that has opened nothing yet. */
  readonly invites: Table<Uint8Array>
  readonly keyring: Table<KeyringRow>
  /** Record id → opened message. */
  readonly messages: Table<MessageRow>
  /** Record id → where that message is. */
  readonly states: Table<StateRow>
  /** The lists of messages, by their keys alone: see lists.ts. */
  readonly lists: Table<null>
  /** List → how many messages it names; none when it is empty. */
  readonly counts: Table<number>
  /** Peer → place of the last message of the conversation, and place → peer: the conversations in their order. */
  readonly talks: Table<number>
  readonly talkOrder: Table<string>
  /** What happened, by number: of messages that came, and of messages that were sent. */
  readonly events: { readonly received: Table<EventRow<StateRow>>; readonly sent: Table<EventRow<SentStateRow>> }
  readonly books: Table<BooksRow>
  /** Event number → record id, while no watch has handed out the message (or, under manual ack, while not acked). */
  readonly fresh: Table<string>
  /** `r:` record id and `u:` sender, uid → what the client knows to have had already (SPEC §10.3). */
  readonly seen: Table<SeenRow>
  /** Hour, seen key → nothing: the order in which seen keys end. */
  readonly ends: Table<null>
  /** Relay, record id → expiry hour: tombstones that relay has not confirmed. */
  readonly acks: Table<number>
  readonly cursors: Table<CursorRow>
  readonly failed: Table<FailedRow>
  /** Record id → the copy of a message that is in the outbox or the sentbox. */
  readonly sent: Table<SentRow>
  /** Record id → where that message is, once W relays have confirmed it. */
  readonly sentStates: Table<SentStateRow>
  readonly outbox: Table<OutboxRow>
  /** Record id, or handle → an entry of the outbox of which nothing can be read. */
  readonly aside: Table<AsideRow>
  /** Handle → the message, while it is not sealed. */
  readonly drafts: Table<DraftRow>
  /** Handle → record id, once it is sealed. */
  readonly handles: Table<string>
  /** Record id, or handle → attempts, oldest first. */
  readonly history: Table<readonly AttemptRow[]>
  /** Record id → the sealed bytes that every retry sends. */
  readonly records: Table<RecordRow>
  /** Mailbox → what is known of other people's locators and bundles. */
  readonly peers: Table<PeerRow>
  /** Address → contact. */
  readonly contacts: Table<ContactRow>
  /** Folded name → address: the contacts in their order, and no name twice. */
  readonly names: Table<string>
  readonly blocked: Table<BlockedRow>
  /** Address → when this owner began to know it otherwise: it was written to, or its request accepted. */
  readonly known: Table<number>
  /** Address → nothing: its requests are to go where its standing says (SPEC §10.10). */
  readonly settling: Table<null>
  /** Record id → a request that is left on the relays until there is room. */
  readonly waiting: Table<WaitingRow>
  /** Id → an invitation that this owner has given out. */
  readonly invitations: Table<InvitationRow>
  /** Address → what its owner's invitation said, once accepted. */
  readonly accepted: Table<AcceptedRow>
  /** Id → a gate of this owner's. */
  readonly gates: Table<GateRow>
  /** Address → a gate of its owner's, given to this one. */
  readonly given: Table<GivenRow>
  /** Name of a table → how many rows there are; `looks` → how often the relays are to be read from their start. */
  readonly tally: Table<number>

  private constructor(db: Database) {
    this.#db = db
    this.registration = new Table(db, 'registration')
    this.former = new Table(db, 'former')
    this.stamp = new Table(db, 'stamp')
    this.invites = new Table(db, 'invite')
    this.keyring = new Table(db, 'keyring')
    this.messages = new Table(db, 'message')
    this.states = new Table(db, 'state')
    this.lists = new Table(db, 'list')
    this.counts = new Table(db, 'count')
    this.talks = new Table(db, 'talk')
    this.talkOrder = new Table(db, 'talk-order')
    this.events = { received: new Table(db, 'event'), sent: new Table(db, 'sent-event') }
    this.books = new Table(db, 'books')
    this.fresh = new Table(db, 'fresh')
    this.seen = new Table(db, 'seen')
    this.ends = new Table(db, 'ends')
    this.acks = new Table(db, 'ack')
    this.cursors = new Table(db, 'cursor')
    this.failed = new Table(db, 'failed')
    this.sent = new Table(db, 'sent')
    this.sentStates = new Table(db, 'sent-state')
    this.outbox = new Table(db, 'outbox')
    this.aside = new Table(db, 'aside')
    this.drafts = new Table(db, 'draft')
    this.handles = new Table(db, 'handle')
    this.history = new Table(db, 'history')
    this.records = new Table(db, 'record')
    this.peers = new Table(db, 'peer')
    this.contacts = new Table(db, 'contact')
    this.names = new Table(db, 'name')
    this.blocked = new Table(db, 'blocked')
    this.known = new Table(db, 'known')
    this.settling = new Table(db, 'settling')
    this.waiting = new Table(db, 'waiting')
    this.invitations = new Table(db, 'invitation')
    this.accepted = new Table(db, 'accepted')
    this.gates = new Table(db, 'gate')
    this.given = new Table(db, 'given')
    this.tally = new Table(db, 'tally')
  }

  /**
   * Opens the tables in `db`, which stays the caller's to close.
   * @throws MailboxError STORE_VERSION when a version with another format wrote it, DATA_DIR when it is another
   * identity's, STORE
   */
  static async open(db: Database, identity: Uint8Array): Promise<LocalStore> {
    await guarded(db.open())
    const store = new LocalStore(db)
    const formats = new Table<FormatRow>(db, 'format')
    const held = await formats.get('')
    if (held === undefined) {
      await store.commit([formats.put('', { format: storeFormat, identity })])
      return store
    }
    if (held.format !== storeFormat) {
      const remedy = held.format > storeFormat ? 'open it with a newer version' : 'start with an empty store and pull'
      throw new MailboxError(
        'STORE_VERSION',
        `The store has format ${held.format}, and this version reads ${storeFormat} only: ${remedy}.`
      )
    }
    if (!equals(held.identity, identity)) {
      throw new MailboxError(
        'DATA_DIR',
        'The store belongs to another identity: open it with that one, or give this one a store of its own.'
      )
    }
    return store
  }

  /** All of `operations` or none, on disk when it resolves. */
  async commit(operations: Operation[]): Promise<void> {
    if (operations.length > 0) await guarded(this.#db.batch(operations, { ...encodings, sync: true }))
  }

  /** As `commit`, without waiting for the disk: for what may be forgotten by a power loss. */
  async note(operations: Operation[]): Promise<void> {
    if (operations.length > 0) await guarded(this.#db.batch(operations, { ...encodings, sync: false }))
  }
}

/** Numbers as keys: 16 digits, so that they sort as numbers up to 2^53. */
export const orderKey = (n: number): string => n.toString().padStart(16, '0')
