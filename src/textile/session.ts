/** One identity's mailbox, shared by every `Users` of that identity. */
import { Mailbox } from '../client/mailbox.ts'
import type { OpenOptions } from '../client/mailbox.ts'
import { MailboxError } from '../errors.ts'
import type { Identity as MailboxIdentity } from '../identity/keys.ts'
import { identityFromSeed } from '../identity/keys.ts'
import { identityFromWallet } from '../identity/wallet.ts'
import type { Identity } from './keys.ts'
import { extractPublicKeyBytes, publicKeyToString } from './text.ts'

type Without<T> = T extends unknown ? Omit<T, 'identity' | 'ackPolicy' | 'strangers'> : never

/** Where relays are to be found, and where mail is kept on this machine: the options of `Mailbox.open`. */
export type UsersOptions = Without<OpenOptions>

/** A `PrivateKey`, whatever else signs and has a public key, or an identity of this package. */
export type UserIdentity = Identity | MailboxIdentity

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
  if ('seed' in given && given.seed instanceof Uint8Array) return identityFromSeed(given.seed)
  const publicKey = extractPublicKeyBytes(given.public)
  return await identityFromWallet({ publicKey, sign: async message => await given.sign(message) })
}
