/**
 * `Users` of `@textile/users` for mailboxes, on a mailbox of this package. What an application gave to the Hub, and got
 * from it, is with the relays of its owner and in the store on its machine (SPEC §10.11).
 */
import type { Mailbox } from '../client/mailbox.ts'
import { isBad } from '../client/message.ts'
import type { RegisterOptions } from '../client/register.ts'
import { systemEnvironment } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { addressOf, parseAddress } from '../identity/address.ts'
import { textileContentType, writeContent } from './content.ts'
import type { Identity, Public } from './keys.ts'
import type { InboxListOptions, SentboxListOptions, UserMessage } from './message.ts'
import { inboxMessage, inboxRange, nanoseconds, sentboxMessage, sentboxRange } from './message.ts'
import type { UserIdentity, UsersOptions } from './session.ts'
import { Session } from './session.ts'
import { extractPublicKeyBytes } from './text.ts'
import type { WatchCallback, Watching, WatchState } from './watch.ts'
import { watchInbox, watchSentbox } from './watch.ts'

/** An account at the Hub: taken, and not looked at. */
export interface KeyInfo {
  key: string
  secret?: string
}

/** As `KeyInfo`. */
export interface UserAuth {
  key: string
  sig?: string
  msg?: string
  token?: string
}

/** One person's mailbox, with the calls of Textile's `Users`. Nothing is opened before `getToken`. */
export class Users {
  readonly #session: Session

  private constructor(session: Session) {
    this.#session = session
  }

  /** @param _key of a Hub: not looked at @param options where relays are, and where mail is kept on this machine */
  static async withKeyInfo(_key: KeyInfo, options: UsersOptions): Promise<Users> {
    return new Users(new Session(options))
  }

  /** As `withKeyInfo`. */
  static withUserAuth(_auth: UserAuth | (() => Promise<UserAuth>), options: UsersOptions): Users {
    return new Users(new Session(options))
  }

  /** Another one for the same mailbox. */
  static copyAuth(users: Users): Users {
    return new Users(users.#session)
  }

  /** The mailbox itself, for what Textile did not have. @throws MailboxError AUTH before `getToken` */
  get mailbox(): Mailbox {
    return this.#session.mailbox
  }

  /**
   * Says who acts here, and opens that identity's store; needs no network. There is no token: the answer is the address.
   * @throws MailboxError AUTH when another identity acts here already; ADDRESS, KEY, WALLET: the identity is not usable;
   * DATA_DIR, STORE, STORE_VERSION, CONFIG, ABORTED
   */
  async getToken(identity: UserIdentity): Promise<string> {
    return (await this.#session.open(identity)).address
  }

  /**
   * Opens the mailbox on relays, or renews it: call it at every start. Which relays is chosen, unless `o` says so.
   * @returns its id, which is the owner's address
   * @throws MailboxError as `Mailbox.register`; AUTH
   */
  async setupMailbox(o: RegisterOptions = {}): Promise<string> {
    const { mailbox } = this
    await mailbox.register(o)
    return mailbox.address
  }

  /** @throws MailboxError NOT_REGISTERED when `setupMailbox` was never called on this machine, AUTH */
  async getMailboxID(): Promise<string> {
    const { address, relays } = this.mailbox
    if (relays.length > 0) return address
    throw new MailboxError('NOT_REGISTERED', 'This identity has no mailbox here yet: call setupMailbox() first.')
  }

  /**
   * Resolves when the message is durable here and was tried once. It is in the sentbox when W relays have it on disk;
   * until then in `mailbox.outbox`, which goes on, also when nobody has set up a mailbox for `to` yet; its id is another
   * there until it can be sealed.
   * @throws MailboxError AUTH when `from` is not who acts here; ADDRESS, KEY, SIZE, QUOTA; what the recipient or its
   * relays refuse the message with for good
   */
  async sendMessage(from: Identity, to: Public, body: Uint8Array): Promise<UserMessage> {
    const { mailbox } = this
    const [sender, recipient] = [extractPublicKeyBytes(from.public), extractPublicKeyBytes(to)]
    if (addressOf(sender) !== mailbox.address) {
      throw new MailboxError('AUTH', `${addressOf(sender)} does not act here: ${mailbox.address} does.`)
    }
    const { content, own } = await writeContent(body, { identity: from, from: sender, to: recipient })
    const sent = await mailbox.send(addressOf(recipient), content, { contentType: textileContentType })
    if (sent.state === 'failed' || sent.state === 'expired') {
      const { code = 'EXPIRED', message = 'The message expired before it could be stored.' } = sent.lastError ?? {}
      throw new MailboxError(code, message)
    }
    const kept = (await mailbox.sentbox.get(sent.id)) ?? (await mailbox.outbox.get(sent.id))
    const createdAt = nanoseconds(kept?.createdMs ?? this.#now())
    return { id: sent.id, to: sent.to, from: mailbox.address, ...own, createdAt }
  }

  /**
   * What the relays hold is fetched first, unless a `seek` says that this is a later page.
   * @throws MailboxError SIZE (limit), NOT_FOUND (seek), NOT_REGISTERED, AUTH; NO_RELAY when no relay answers: what is
   * here all the same, `mailbox.inbox.list()` gives
   */
  async listInboxMessages(o: InboxListOptions = {}): Promise<UserMessage[]> {
    const { mailbox, inbox, unreadable } = this.#session
    const range = inboxRange(o)
    if (range.seek === undefined) await mailbox.inbox.pull()
    if (fromTheNewest(o)) inbox.cursor = mailbox.inbox.cursor
    const messages: UserMessage[] = []
    for await (const item of mailbox.inbox.list(range)) {
      if (isBad(item)) unreadable(item)
      else messages.push(inboxMessage(item, parseAddress(mailbox.address)))
      inbox.list(item.id)
    }
    return messages
  }

  /** @throws MailboxError SIZE (limit), NOT_FOUND (seek), AUTH */
  async listSentboxMessages(o: SentboxListOptions = {}): Promise<UserMessage[]> {
    const { mailbox, sentbox, unreadable } = this.#session
    if (fromTheNewest(o)) sentbox.cursor = mailbox.sentbox.cursor
    const messages: UserMessage[] = []
    for await (const item of mailbox.sentbox.list(sentboxRange(o))) {
      if (isBad(item)) unreadable(item)
      else messages.push(sentboxMessage(item, parseAddress(mailbox.address)))
      sentbox.list(item.id)
    }
    return messages
  }

  /** @returns when it was read first, nanoseconds since 1970 @throws MailboxError NOT_FOUND, AUTH */
  async readInboxMessage(id: string): Promise<{ readAt: number }> {
    const { inbox } = this.mailbox
    await inbox.read(id)
    const message = await inbox.get(id)
    if (message?.readMs === undefined) throw new MailboxError('NOT_FOUND', `Message ${id} has just been deleted.`)
    return { readAt: nanoseconds(message.readMs) }
  }

  /** The copy here and those of the relays. What is not there is deleted already. @throws MailboxError AUTH */
  async deleteInboxMessage(id: string): Promise<void> {
    await gone(this.mailbox.inbox.delete(id))
  }

  /** The sender's own copy: recalls nothing. What is not there is deleted already. @throws MailboxError AUTH */
  async deleteSentboxMessage(id: string): Promise<void> {
    await gone(this.mailbox.sentbox.delete(id))
  }

  /**
   * Calls back with what happens in the inbox until `close()`: since the last list of it, or where the last watch ended,
   * or from now on. It goes on through everything that networks and relays do.
   * @param id of this mailbox @param states called when a relay of the mailbox is reached, or not any more
   * @throws MailboxError AUTH
   */
  watchInbox(id: string, callback: WatchCallback, states?: (state: WatchState) => void): Watching {
    this.#requireOwn(id)
    return watchInbox(this.#session, callback, states)
  }

  /** As `watchInbox`; a message is new in the sentbox when it is stored. */
  watchSentbox(id: string, callback: WatchCallback): Watching {
    this.#requireOwn(id)
    return watchSentbox(this.#session, callback)
  }

  /** Ends every watch, and the mailbox; what is queued stays queued, and the store is the caller's to close. */
  async close(): Promise<void> {
    await this.mailbox.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #requireOwn(id: string): void {
    const { address } = this.mailbox
    if (id !== address) throw new MailboxError('AUTH', `Only the mailbox ${address} can be watched here.`)
  }

  #now(): number {
    return (this.#session.options.env ?? systemEnvironment).now()
  }
}

/** A list that says what there is now, not what there was before. */
function fromTheNewest({ seek, ascending }: SentboxListOptions): boolean {
  return (seek === undefined || seek === '') && ascending !== true
}

async function gone(deletion: Promise<void>): Promise<void> {
  try {
    await deletion
  } catch (error) {
    if (!isMailboxError(error, 'NOT_FOUND')) throw error
  }
}
