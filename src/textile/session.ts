/** One identity's mailbox, and what its application has been told of it: shared by every `Users` of that identity. */
import { equals } from 'uint8arrays/equals'
import { Mailbox } from '../client/mailbox.ts'
import type { OpenOptions } from '../client/mailbox.ts'
import type { BadMessage } from '../client/message.ts'
import { MailboxError } from '../errors.ts'
import type { Identity as MailboxIdentity } from '../identity/keys.ts'
import { identityFromSeed } from '../identity/keys.ts'
import { identityFromWallet } from '../identity/wallet.ts'
import { listLimitMax } from '../limits.ts'
import type { Identity } from './keys.ts'
import { extractPublicKeyBytes, publicKeyToString } from './text.ts'

type Without<T> = T extends unknown ? Omit<T, 'identity' | 'ackPolicy' | 'strangers'> : never

/** Where relays are to be found, and where mail is kept on this machine: the options of `Mailbox.open`. */
export type UsersOptions = Without<OpenOptions>

/** A `PrivateKey`, whatever else signs and has a public key, or an identity of this package. */
export type UserIdentity = Identity | MailboxIdentity

/** What the application knows of one box. */
export class Told {
  /** Up to here: by a list from the newest on, or by a watch that has ended. */
  cursor: string | undefined
  /** Messages that a list has handed out; bounded by listLimitMax. */
  readonly #listed = new Set<string>()

  list(id: string): void {
    this.#listed.add(id)
    for (const oldest of this.#listed) {
      if (this.#listed.size <= listLimitMax) break
      this.#listed.delete(oldest)
    }
  }

  /** True when a list has handed it out. */
  has(id: string): boolean {
    return this.#listed.has(id)
  }
}

export class Session {
  readonly options: UsersOptions
  readonly inbox = new Told()
  readonly sentbox = new Told()
  #opening: { readonly address: string; readonly mailbox: Promise<Mailbox> } | undefined
  #mailbox: Mailbox | undefined

  constructor(options: UsersOptions) {
    this.options = options
  }

  /** For a row that cannot be read: it must not hide the others, and there is nothing of it to show. */
  readonly unreadable = ({ id, error }: BadMessage): void => {
    this.options.log?.('error', 'message_unreadable', { id, code: error.code })
  }

  /** @throws MailboxError AUTH before `open` */
  get mailbox(): Mailbox {
    if (this.#mailbox !== undefined) return this.#mailbox
    throw new MailboxError('AUTH', 'Nobody acts here yet: call getToken(identity) first.')
  }

  /** Once; for the same identity again it is the same mailbox. @throws MailboxError AUTH, KEY, and as `Mailbox.open` */
  async open(given: UserIdentity): Promise<Mailbox> {
    const address = 'address' in given ? given.address : publicKeyToString(given.public)
    this.#opening ??= { address, mailbox: this.#open(given) }
    if (this.#opening.address !== address) {
      throw new MailboxError('AUTH', `This Users acts for ${this.#opening.address}; make another one for ${address}.`)
    }
    return await this.#opening.mailbox
  }

  async #open(given: UserIdentity): Promise<Mailbox> {
    try {
      const identity = await identityOf(given)
      this.#mailbox = await Mailbox.open({ ...this.options, identity, strangers: 'inbox' })
      return this.#mailbox
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }
}

/**
 * A key with its seed, an identity of this package, or one that signs: this signs then what last-resort keys are made of
 * (SPEC §2.7).
 * @throws MailboxError KEY, WALLET
 */
async function identityOf(given: UserIdentity): Promise<MailboxIdentity> {
  if ('lastResortSeed' in given) return given
  const publicKey = extractPublicKeyBytes(given.public)
  if ('seed' in given && given.seed instanceof Uint8Array) {
    const identity = identityFromSeed(given.seed)
    if (equals(identity.key, publicKey)) return identity
    throw new MailboxError('KEY', 'The public key of this identity does not belong to its seed.')
  }
  return await identityFromWallet({ publicKey, sign: async message => await given.sign(message) })
}
