/** One identity's mailbox, shared by every `Users` of that identity. */
import { Mailbox } from '../client/mailbox.ts'
import type { OpenOptions } from '../client/mailbox.ts'
import { MailboxError } from '../errors.ts'
import type { Identity as MailboxIdentity } from '../identity/keys.ts'
import { identityFromSeed } from '../identity/keys.ts'
import type { Identity } from './keys.ts'

type Without<T> = T extends unknown ? Omit<T, 'identity' | 'ackPolicy' | 'strangers'> : never

/** Where relays are to be found, and where mail is kept on this machine: the options of `Mailbox.open`. */
export type UsersOptions = Without<OpenOptions>

/** Signs, and derives what opens mail: a `PrivateKey`, or an identity of this package. */
export type UserIdentity = (Identity & { readonly seed: Uint8Array }) | MailboxIdentity

export class Session {
  readonly options: UsersOptions
  #opening: { readonly address: string; readonly mailbox: Promise<Mailbox> } | undefined
  #mailbox: Mailbox | undefined

  constructor(options: UsersOptions) {
    this.options = options
  }

  /** @throws MailboxError AUTH before `open` */
  get mailbox(): Mailbox {
    if (this.#mailbox !== undefined) return this.#mailbox
    throw new MailboxError('AUTH', 'Nobody acts here yet: call getToken(identity) first.')
  }

  /** Once; for the same identity again it is the same mailbox. @throws MailboxError AUTH, KEY, and as `Mailbox.open` */
  async open(given: UserIdentity): Promise<Mailbox> {
    const identity = identityOf(given)
    const { address } = identity
    this.#opening ??= { address, mailbox: this.#open(identity) }
    if (this.#opening.address !== address) {
      throw new MailboxError('AUTH', `This Users acts for ${this.#opening.address}; make another one for ${address}.`)
    }
    return await this.#opening.mailbox
  }

  async #open(identity: MailboxIdentity): Promise<Mailbox> {
    try {
      this.#mailbox = await Mailbox.open({ strangers: 'inbox', ...this.options, identity })
      return this.#mailbox
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }
}

/** @throws MailboxError KEY */
function identityOf(given: UserIdentity): MailboxIdentity {
  if ('seed' in given && given.seed instanceof Uint8Array) return identityFromSeed(given.seed)
  if ('lastResortSeed' in given) return given
  throw new MailboxError(
    'KEY',
    'This identity signs and cannot open mail: give a PrivateKey, or an identity of libp2p-mailbox.'
  )
}
