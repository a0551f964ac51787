/**
 * A relay as a libp2p service: `services: { identify, ping, dht: privateDht({ clientMode: false }), relay: mailboxRelay({ database }) }`.
 */
import { serviceCapabilities, serviceDependencies, type PrivateKey, type Startable } from '@libp2p/interface'
import { silent, systemEnvironment, type Environment, type Log } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { identityFromSeed, type IdentityKey } from '../identity/keys.ts'
import type { Closest } from '../placement/dht.ts'
import { fromComponents, Libp2pNetwork, type NetworkComponents } from '../wire/libp2p.ts'
import type { Database } from './database.ts'
import { defaultLimits, type Disk, type Observe, type RelayLimits } from './options.ts'
import { Relay, type RelayStats } from './relay.ts'

export interface MailboxRelayInit {
  /** Any abstract-level database; the relay uses keys below '/' and leaves opening files and closing to its owner. */
  readonly database: Database
  readonly limits?: Partial<RelayLimits>
  readonly log?: Log
  readonly env?: Environment
  readonly observe?: Observe
  /** What is known of the disk under the database. Absent: it is taken to have room. */
  readonly disk?: Disk
  /** What this node's own routing table knows (`knownThrough`): by it the relay judges which locators are its business. */
  readonly closest?: Closest
  /** With `registration: 'allow-list'`: who may open a mailbox. Asked each time, so the list may change. */
  readonly isListed?: (mailbox: IdentityKey) => boolean
  /** True: the relay is leaving, as `drain` says it later. The application remembers it over restarts. */
  readonly draining?: boolean
}

export interface MailboxRelayComponents extends NetworkComponents {
  privateKey: PrivateKey
}

export class MailboxRelay implements Startable {
  readonly [Symbol.toStringTag] = 'libp2p-mailbox/relay'
  readonly [serviceCapabilities]: string[] = ['libp2p-mailbox/relay']
  readonly [serviceDependencies]: string[] = ['@libp2p/identify']
  readonly #components: MailboxRelayComponents
  readonly #init: MailboxRelayInit
  #network: Libp2pNetwork | undefined
  #relay: Relay | undefined
  #draining: boolean

  constructor(components: MailboxRelayComponents, init: MailboxRelayInit) {
    this.#components = components
    this.#init = init
    this.#draining = init.draining ?? false
  }

  /** True while the relay serves and its store is sound. */
  get ready(): boolean {
    return this.#relay?.ready ?? false
  }

  /** True for another relay, peer id text, that a mailbox here lists beside this one; false until `start`. */
  sharesWith(peer: string): boolean {
    return this.#relay?.sharesWith(peer) ?? false
  }

  stats(): RelayStats {
    const none = { mailboxes: 0, listing: 0, records: 0, bytes: 0, locators: 0, relaysWaiting: 0 }
    return this.#relay?.stats() ?? { ...none, draining: this.#draining }
  }

  /** Says that this relay is leaving, or that it stays after all; also before `start` (SPEC §8.10). */
  drain(leaving: boolean): void {
    this.#draining = leaving
    this.#relay?.drain(leaving)
  }

  /** @throws MailboxError KEY when the node's key is not Ed25519, STORE, STORE_VERSION */
  async start(): Promise<void> {
    const { privateKey, peerId } = this.#components
    if (privateKey.type !== 'Ed25519')
      throw new MailboxError('KEY', `A relay needs an Ed25519 node key, not ${privateKey.type}.`)
    const key = identityFromSeed(privateKey.raw.subarray(0, 32))
    const log = this.#init.log ?? silent
    const network = new Libp2pNetwork(fromComponents(this.#components), log)
    this.#network = network
    this.#relay = await Relay.start({
      database: this.#init.database,
      network,
      responder: network,
      self: peerId.toMultihash().bytes,
      sign: async message => await key.sign(message),
      limits: { ...defaultLimits, ...this.#init.limits },
      env: this.#init.env ?? systemEnvironment,
      log,
      observe: this.#init.observe ?? (() => undefined),
      disk: this.#init.disk,
      closest: this.#init.closest,
      isListed: this.#init.isListed,
      draining: this.#draining
    })
    // what was said while the store opened
    this.#relay.drain(this.#draining)
  }

  /** Everything accepted is on disk when this resolves; safe to call again. */
  async stop(): Promise<void> {
    await this.#relay?.stop()
    await this.#network?.stop()
  }
}

export function mailboxRelay(init: MailboxRelayInit): (components: MailboxRelayComponents) => MailboxRelay {
  return components => new MailboxRelay(components, init)
}
