/**
 * A relay without libp2p: a store, three handlers and a sweep. Time, randomness, network and disk are given to it.
 */
import { hourOf, pause, type Environment, type Log } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import type { IdentityKey } from '../identity/keys.ts'
import { peerText } from '../identity/peer.ts'
import { expirySweepMs, reconcilesAtOnceMax, reconcilesWaitingMax } from '../limits.ts'
import { Turns } from '../placement/turns.ts'
import type { Closest } from '../placement/dht.ts'
import { LocatorHolder } from '../placement/holder.ts'
import { LocatorSweep } from '../placement/sweep.ts'
import { protocols, type Handler, type Network, type Responder } from '../wire/port.ts'
import { Admission } from './admission.ts'
import { countRefusal } from './answer.ts'
import { Arrivals } from './arrivals.ts'
import { Coordinator } from './coordinator.ts'
import type { Database } from './database.ts'
import { depositHandler } from './deposits.ts'
import { Directory } from './directory.ts'
import { Inventory } from './inventory.ts'
import { UsedInvites } from './invites.ts'
import { Leaving } from './leaving.ts'
import { Merge } from './merge.ts'
import { Opening } from './opening.ts'
import { anyDisk, type Disk, type Observe, type RelayLimits } from './options.ts'
import { ownerHandler } from './owners.ts'
import { locatorRates, Rates } from './rates.ts'
import { ReceiptSigner } from './receipts.ts'
import { Reaper } from './reaper.ts'
import { Recovery } from './recovery.ts'
import { Refusals } from './refusals.ts'
import { Repair } from './repair.ts'
import type { Repaired } from './repaired.ts'
import { Replicas } from './replicas.ts'
import { Replicator } from './replicator.ts'
import { Shelf } from './shelf.ts'
import { Scrub } from './scrub.ts'
import { RelayStore } from './store.ts'
import { syncHandler } from './sync.ts'

export interface RelayInit {
  readonly database: Database
  readonly network: Network
  readonly responder: Responder
  /** This relay's peer id, multihash bytes, and its signature. */
  readonly self: Uint8Array
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>
  readonly limits: RelayLimits
  readonly env: Environment
  readonly log: Log
  readonly observe: Observe
  readonly disk?: Disk | undefined
  /** What the relay's own routing table knows; absent: every locator is taken. */
  readonly closest?: Closest | undefined
  /** Whom the operator has listed, where the registration is by allow-list. */
  readonly isListed?: ((mailbox: IdentityKey) => boolean) | undefined
  /** True: it starts as one that is leaving; `drain` says the same later. */
  readonly draining?: boolean | undefined
}

export interface RelayStats {
  readonly mailboxes: number
  /** Mailboxes whose owners list this relay: while it is leaving, those that have not moved yet. */
  readonly listing: number
  readonly draining: boolean
  readonly records: number
  readonly bytes: number
  readonly locators: number
  /** Relays that wait for a repair, or do not answer. */
  readonly relaysWaiting: number
}

export class Relay {
  readonly #init: RelayInit
  readonly #store: RelayStore
  readonly #disk: Disk
  readonly #directory: Directory
  readonly #shelf: Shelf
  readonly #replicas: Replicas
  readonly #inventory: Inventory
  readonly #admission = new Admission()
  readonly #merge: Merge
  readonly #replicator: Replicator
  readonly #arrivals: Arrivals
  readonly #recovery: Recovery
  readonly #scrub: Scrub
  readonly #rates: Rates
  readonly #leaving: Leaving
  readonly #reaper: Reaper
  readonly #invites: UsedInvites
  readonly #stopping = new AbortController()
  /** Bounded by open streams × requests in flight. */
  readonly #answering = new Set<Promise<Uint8Array>>()
  #sweeping: Promise<void> = Promise.resolve()
  #placing: Promise<void> = Promise.resolve()
  #draining: boolean
  #stopped: Promise<void> | undefined

  private constructor(init: RelayInit, store: RelayStore) {
    const self = peerText(init.self)
    this.#init = init
    this.#rates = new Rates(init.limits)
    this.#draining = init.draining ?? false
    this.#store = store
    const disk = (this.#disk = init.disk ?? anyDisk)
    this.#shelf = new Shelf(store, disk)
    this.#arrivals = new Arrivals(init.env)
    this.#replicas = new Replicas(self)
    const { env, limits } = init
    const admission = this.#admission
    const { mailboxes: mailboxesMax } = limits
    const invites = (this.#invites = new UsedInvites({ store, env }))
    const opening = new Opening(init)
    this.#directory = new Directory({
      store,
      env,
      mailboxesMax,
      self,
      disk,
      replicas: this.#replicas,
      opening,
      invites
    })
    this.#inventory = new Inventory({ store, directory: this.#directory, env })
    this.#leaving = new Leaving({ ...init, store, directory: this.#directory })
    this.#reaper = new Reaper({ ...init, store, directory: this.#directory })
    const { directory, arrivals } = { directory: this.#directory, arrivals: this.#arrivals }
    this.#merge = new Merge({ ...init, disk, store, admission, directory, arrivals })
    const repair = new Repair({ ...init, ...this.#shared })
    const stopping = this.#stopping.signal
    this.#replicator = new Replicator({ ...init, repair, replicas: this.#replicas, stopping })
    this.#recovery = new Recovery({
      ...init,
      disk,
      store,
      stopping,
      reread: this.#reread.bind(this),
      recovered: salvaged => {
        if (salvaged) this.#scrub.everything()
        this.#replicator.everything()
      }
    })
    this.#scrub = new Scrub({ ...init, store, stopping, directory: this.#directory, replicator: this.#replicator })
  }

  get #shared(): { directory: Directory; replicas: Replicas; inventory: Inventory; merge: Merge } {
    return { directory: this.#directory, replicas: this.#replicas, inventory: this.#inventory, merge: this.#merge }
  }

  /** Opens the store and begins to serve. @throws MailboxError STORE, STORE_VERSION */
  static async start(init: RelayInit): Promise<Relay> {
    const store = await RelayStore.open(init.database, init.env, ({ operations, syncMs }) => {
      init.observe('commitOperations', operations)
      init.observe('commitSyncMs', syncMs)
    })
    const relay = new Relay(init, store)
    await relay.#serve()
    return relay
  }

  /** False from a failure of the store on until it has been opened again, and while stopping. */
  get ready(): boolean {
    return !this.#stopping.signal.aborted && this.#store.failure === undefined && !this.#recovery.damaged
  }

  /**
   * Makes everything this relay shares with others equal, now (SPEC §9.8).
   * @returns what it took, and the relays that could not be reached
   * @throws MailboxError ABORTED, STORE
   */
  async repair(signal: AbortSignal): Promise<Repaired & { readonly failed: readonly string[] }> {
    return await this.#replicator.repairAll(signal)
  }

  /**
   * Says from now on that this relay is leaving, or that it stays after all: no new mailbox is opened, and owners learn
   * it with their next answer; everything else goes on (SPEC §8.10). Kept by the caller, not by the store.
   */
  drain(leaving: boolean): void {
    if (leaving !== this.#draining) this.#init.log('info', leaving ? 'relay_draining' : 'relay_stays')
    this.#draining = leaving
  }

  /** True for another relay, peer id text, that a mailbox here lists beside this one (SPEC §5.6). */
  sharesWith(peer: string): boolean {
    return this.#replicas.has(peer)
  }

  stats(): RelayStats {
    return {
      mailboxes: this.#directory.mailboxes,
      listing: this.#replicas.listing,
      draining: this.#draining,
      ...this.#store.totals,
      locators: this.#shelf.count(),
      relaysWaiting: this.#replicator.waiting
    }
  }

  /** Takes no new requests, answers those it has, and resolves when everything accepted is on disk (G12). */
  async stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    await this.#stopped
  }

  async #stop(): Promise<void> {
    const { responder } = this.#init
    this.#stopping.abort(new MailboxError('CLOSED', 'The relay stops.'))
    await Promise.all(
      Object.values(protocols).map(async protocol => {
        await responder.unhandle(protocol)
      })
    )
    this.#arrivals.notifyAll()
    await Promise.all([this.#sweeping, this.#placing])
    await Promise.all([this.#replicator.stopped(), this.#recovery.stopped(), this.#scrub.stopped()])
    await this.#store.close()
    // streams outlive their protocol's handler, and fan-out outlives the own write; both are bounded in time
    await Promise.allSettled(this.#answering)
  }

  /** What is counted and remembered besides the store, from what is in it. @throws MailboxError STORE */
  async #reread(): Promise<void> {
    await this.#directory.recount()
    const unreadable = await this.#directory.relearn()
    if (unreadable > 0) this.#init.log('error', 'locators_unreadable', { mailboxes: unreadable })
    await this.#shelf.recount()
    await this.#invites.recount()
    this.#inventory.forget()
  }

  async #serve(): Promise<void> {
    const { network, responder, self, sign, env, limits, log, observe, closest } = this.#init
    await this.#reread()
    const shared = {
      store: this.#store,
      directory: this.#directory,
      arrivals: this.#arrivals,
      disk: this.#disk,
      replicator: this.#replicator,
      env,
      log,
      limits,
      rates: this.#rates,
      refusals: new Refusals(),
      replicas: this.#replicas,
      observe,
      stopping: this.#stopping.signal,
      draining: () => this.#draining
    }
    const missed = this.#replicator.missed.bind(this.#replicator)
    const turns = new Turns({ atOnce: reconcilesAtOnceMax, waitingMax: reconcilesWaitingMax })
    const holder = new LocatorHolder({
      shelf: this.#shelf,
      env,
      self,
      log,
      rates: locatorRates(this.#rates, env),
      refused: answer => {
        countRefusal(observe, answer)
      },
      ...(closest === undefined ? {} : { closest })
    })
    await responder.handle(protocols.locator, holder.handler)
    if (closest !== undefined) {
      const held = this.#shelf.held.bind(this.#shelf)
      const stopping = this.#stopping.signal
      this.#placing = new LocatorSweep({ held, holder, network, closest, self, env, log, stopping }).run()
    }
    await responder.handle(protocols.owner, this.#counted(ownerHandler(shared)))
    await responder.handle(
      protocols.deposit,
      this.#counted(
        depositHandler({
          ...shared,
          admission: this.#admission,
          coordinator: new Coordinator({ network, self: peerText(self), env, log, missed }),
          signer: new ReceiptSigner(self, sign)
        })
      )
    )
    await responder.handle(protocols.sync, this.#counted(syncHandler({ ...shared, ...this.#shared, turns })))
    this.#sweeping = this.#sweep()
    this.#replicator.start()
  }

  /** Remembers what is being answered, so that stopping can wait for it. */
  #counted(handler: Handler): Handler {
    return async (bytes, session) => {
      const answer = handler(bytes, session)
      this.#answering.add(answer)
      try {
        return await answer
      } finally {
        this.#answering.delete(answer)
      }
    }
  }

  /** Leases and locators end with an hour, and there may be a million: once an hour. */
  async #hourly(countedHour: number): Promise<number> {
    const hour = hourOf(this.#init.env.now())
    if (hour === countedHour) return hour
    await this.#leaving.sweep(this.#stopping.signal)
    await this.#reaper.sweep(this.#stopping.signal)
    await this.#invites.sweep()
    await this.#directory.recount()
    await this.#shelf.recount()
    return hour
  }

  /** Drops what has expired, slice by slice, until the relay stops (SPEC §9.3). */
  async #sweep(): Promise<void> {
    const { env, log, observe } = this.#init
    const signal = this.#stopping.signal
    const stopped = (): boolean => signal.aborted
    let countedHour = hourOf(env.now())
    while (!stopped()) {
      try {
        const { records, more } = await this.#store.sweep(hourOf(env.now()))
        if (records > 0) observe('expired', records)
        if (!more) {
          countedHour = await this.#hourly(countedHour)
          await this.#scrub.step()
          await pause(env, expirySweepMs, signal)
        }
      } catch (error) {
        if (stopped()) return
        log('error', 'sweep_failed', { code: isMailboxError(error) ? error.code : 'UNEXPECTED', error: String(error) })
        await pause(env, expirySweepMs, signal)
      }
    }
  }
}
