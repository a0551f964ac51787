/**
 * When a relay repairs, and with whom (SPEC §9.8): soon after a change that another replica may have missed, again
 * with growing pauses while that replica does not answer, and everything once an hour and when one answers again.
 */
import { backoffMs, chanceOf, pause, type Environment, type Log } from '../environment.ts'
import { isMailboxError } from '../errors.ts'
import type { Locator } from '../identity/locator.ts'
import {
  repairAttemptsMax,
  repairEveryMs,
  repairMailboxesMax,
  repairPeersMax,
  repairRetryMsMax,
  repairRetryMsMin,
  repairSettleMs,
  repairsAtOnceMax
} from '../limits.ts'
import { Turns } from '../placement/turns.ts'
import type { PeerAddress } from '../wire/port.ts'
import { nameOf } from './keys.ts'
import type { Observe } from './options.ts'
import type { Repair } from './repair.ts'
import { nothingRepaired, sumOf, type Repaired } from './repaired.ts'
import type { Replicas } from './replicas.ts'

export interface ReplicatorInit {
  readonly repair: Repair
  readonly replicas: Replicas
  readonly env: Environment
  readonly log: Log
  readonly observe: Observe
  /** Aborts when the relay stops. */
  readonly stopping: AbortSignal
}

/** What waits to be repaired with one relay. */
interface Queue {
  peer: PeerAddress
  /** Bounded by repairMailboxesMax; beyond it everything is compared. */
  readonly mailboxes: Map<string, Uint8Array>
  everything: boolean
  failures: number
  running: boolean
}

export class Replicator {
  readonly #init: ReplicatorInit
  /** Bounded by repairPeersMax; a queue leaves when it is empty. */
  readonly #queues = new Map<string, Queue>()
  readonly #turns = new Turns({ atOnce: repairsAtOnceMax, waitingMax: repairPeersMax })
  /** Bounded by the queues and the hourly round. */
  readonly #work = new Set<Promise<void>>()

  constructor(init: ReplicatorInit) {
    this.#init = init
  }

  /** Begins the hourly rounds; the first follows at once. */
  start(): void {
    this.#follow(this.#rounds())
  }

  /** Resolves when no repair runs any more, after `stopping`. */
  async stopped(): Promise<void> {
    await Promise.all(this.#work)
  }

  /** Relays that have not been reached, or have something to be told. */
  get waiting(): number {
    return this.#queues.size
  }

  /** This relay was sent a record and did not confirm it. */
  missed(mailbox: Uint8Array, peer: PeerAddress): void {
    this.#add(mailbox, [peer], repairRetryMsMin)
  }

  #add(mailbox: Uint8Array, peers: readonly PeerAddress[], afterMs: number): void {
    for (const peer of peers) {
      const queue = this.#queueOf(peer)
      if (queue === undefined) continue
      if (queue.mailboxes.size < repairMailboxesMax) queue.mailboxes.set(nameOf(mailbox), mailbox)
      else queue.everything = true
      this.#run(queue, afterMs)
    }
  }

  /**
   * All other relays of the mailbox may have missed something; most will have been told by whoever told this one, so
   * they get `repairSettleMs` first. Records go to active relays only.
   */
  changed(mailbox: Uint8Array, locator: Locator, o: { records: boolean } = { records: false }): void {
    const others = this.#init.replicas.othersOf(locator)
    this.#add(mailbox, o.records ? others.filter(({ role }) => role === 'active') : others, repairSettleMs)
  }

  /**
   * Repairs everything with every relay now. @returns the sum, and the relays that could not be reached
   * @throws MailboxError ABORTED, STORE
   */
  async repairAll(signal: AbortSignal): Promise<Repaired & { readonly failed: readonly string[] }> {
    const failed: string[] = []
    let sum = nothingRepaired
    const { repair, replicas } = this.#init
    for (const id of replicas.peers().slice(0, repairPeersMax)) {
      const all = async (): Promise<Repaired> =>
        await repair.run(replicas.addressOf(id), { mailboxes: [], everything: true }, signal)
      try {
        sum = sumOf(sum, await this.#turns.take(all, signal))
      } catch (error) {
        if (!isMailboxError(error) || error.code === 'STORE' || signal.aborted) throw error
        failed.push(id)
      }
    }
    return { ...sum, failed }
  }

  /** Everything is compared with every relay, soon. */
  everything(): void {
    const { replicas } = this.#init
    for (const id of replicas.peers()) {
      const queue = this.#queueOf(replicas.addressOf(id))
      if (queue === undefined) continue
      queue.everything = true
      this.#run(queue, repairRetryMsMin)
    }
  }

  async #rounds(): Promise<void> {
    const { env, stopping } = this.#init
    while (!stopping.aborted) {
      this.everything()
      if (!(await pause(env, repairEveryMs * (0.5 + chanceOf(env)), stopping))) return
    }
  }

  #queueOf(peer: PeerAddress): Queue | undefined {
    const known = this.#queues.get(peer.id)
    if (known !== undefined) {
      known.peer = peer
      return known
    }
    if (this.#init.stopping.aborted || !this.#makeRoom()) return undefined
    const queue: Queue = { peer, mailboxes: new Map(), everything: false, failures: 0, running: false }
    this.#queues.set(peer.id, queue)
    return queue
  }

  /** Relays that do not answer give way to others: any stranger may name some. */
  #makeRoom(): boolean {
    if (this.#queues.size < repairPeersMax) return true
    const worst = [...this.#queues.values()].reduce((a, b) => (b.failures > a.failures ? b : a))
    if (worst.failures === 0) return false
    worst.failures = repairAttemptsMax
    this.#queues.delete(worst.peer.id)
    return true
  }

  #run(queue: Queue, afterMs: number): void {
    if (queue.running) return
    queue.running = true
    this.#follow(this.#drain(queue, afterMs))
  }

  #follow(work: Promise<void>): void {
    const followed = work.finally(() => {
      this.#work.delete(followed)
    })
    this.#work.add(followed)
  }

  /** Ends when nothing waits for this relay any more, or the relay stops. */
  async #drain(queue: Queue, afterMs: number): Promise<void> {
    const { env, stopping } = this.#init
    // one that has failed often is the next round's business
    while ((queue.mailboxes.size > 0 || queue.everything) && queue.failures < repairAttemptsMax) {
      // half of it by chance, so that relays that came back together are not asked together
      const retryMs = backoffMs(env, queue.failures, repairRetryMsMin, repairRetryMsMax)
      if (!(await pause(env, queue.failures === 0 ? afterMs : retryMs, stopping))) break
      await this.#attempt(queue)
    }
    queue.running = false
    if (this.#queues.get(queue.peer.id) === queue) this.#queues.delete(queue.peer.id)
  }

  async #attempt(queue: Queue): Promise<void> {
    const { log, observe, stopping } = this.#init
    const taken = { mailboxes: new Map(queue.mailboxes), everything: queue.everything }
    queue.mailboxes.clear()
    queue.everything = false
    try {
      const repaired = await this.#turns.take(async () => await this.#repair(queue.peer, taken), stopping)
      queue.failures = 0
      if (repaired.mailboxes > 0) log('info', 'repaired', { relay: queue.peer.id, ...repaired })
    } catch (error) {
      if (stopping.aborted) return
      const code = isMailboxError(error) ? error.code : 'UNEXPECTED'
      observe('repairFailed', 1, code)
      const fields = { relay: queue.peer.id, code, failures: queue.failures, error: String(error) }
      log(code === 'UNEXPECTED' ? 'error' : 'info', 'repair_failed', fields)
      // a store that failed takes nothing more before it is opened again
      if (code !== 'STORE' && code !== 'CLOSED') putBack(queue, taken.mailboxes)
    }
  }

  async #repair(
    { id, addresses }: PeerAddress,
    what: { mailboxes: Map<string, Uint8Array>; everything: boolean }
  ): Promise<Repaired> {
    const { repair, replicas, stopping } = this.#init
    const known = replicas.addressOf(id)
    const { mailboxes, everything } = what
    const peer = known.addresses.length > 0 ? known : { id, addresses }
    return await repair.run(peer, { mailboxes: mailboxes.values(), everything }, stopping)
  }
}

/** What a relay missed while it was away is more than what waits here: everything is compared when it answers again. */
function putBack(queue: Queue, mailboxes: ReadonlyMap<string, Uint8Array>): void {
  queue.failures++
  queue.everything = true
  for (const [name, mailbox] of mailboxes) {
    if (queue.mailboxes.size < repairMailboxesMax) queue.mailboxes.set(name, mailbox)
  }
}
