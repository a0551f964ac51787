/** A small world for client tests: fake relays, and mailboxes on stores that can be reopened. */
import { MemoryLevel } from 'memory-level'
import { Mailbox } from '../../src/client/mailbox.ts'
import type { OpenOptions } from '../../src/client/mailbox.ts'
import type { BadMessage, InboxItem, SentItem } from '../../src/client/message.ts'
import { isBad } from '../../src/client/message.ts'
import type { Database } from '../../src/client/store.ts'
import type { Environment } from '../../src/environment.ts'
import { systemEnvironment } from '../../src/environment.ts'
import type { Identity } from '../../src/identity/keys.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { relaysActiveDefault } from '../../src/limits.ts'
import { MemoryNetwork } from '../../src/testing/network.ts'
import { FakeRelay, peerIdOf } from './fake-relay.ts'
import { openToAll } from './lanes.ts'

export { openToAll } from './lanes.ts'

/** Wall clock that tests move; delays end when it passes them. */
export class ManualClock implements Environment {
  #ms: number
  readonly #waiting = new Set<{ untilMs: number; wake: () => void }>()

  constructor(ms: number = Date.now()) {
    this.#ms = ms
  }

  now = (): number => this.#ms
  random = systemEnvironment.random
  delay = async (ms: number, signal?: AbortSignal): Promise<void> => {
    await new Promise<void>((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error)
        return
      }
      const entry = {
        untilMs: this.#ms + ms,
        wake: () => {
          this.#waiting.delete(entry)
          resolve()
        }
      }
      this.#waiting.add(entry)
      signal?.addEventListener(
        'abort',
        () => {
          this.#waiting.delete(entry)
          reject(signal.reason as Error)
        },
        { once: true }
      )
    })
  }

  advance(ms: number): void {
    this.#ms += ms
    for (const entry of [...this.#waiting]) if (entry.untilMs <= this.#ms) entry.wake()
  }
}

/** The method that a database implements is not in the types. */
const implementer = MemoryLevel.prototype as unknown as { _batch: (...args: unknown[]) => Promise<void> }

/** LevelDB's stand-in, whose disk fails on request: after `left` more batches, or never. */
export class BreakableLevel extends MemoryLevel {
  left = Infinity
  /** What fails is on the disk all the same. */
  unsure = false
  batches = 0

  async _batch(...args: unknown[]): Promise<void> {
    if (this.left <= 0) {
      if (this.unsure) await implementer._batch.apply(this, args)
      throw new Error('the disk is gone')
    }
    this.left--
    this.batches++
    await implementer._batch.apply(this, args)
  }
}

export class World {
  readonly env: Environment
  readonly network: MemoryNetwork
  readonly relays: FakeRelay[]
  readonly #open: Mailbox[] = []

  constructor(relays: number = 3, env: Environment = systemEnvironment) {
    this.env = env
    this.network = new MemoryNetwork({ env })
    this.relays = Array.from({ length: relays }, () => FakeRelay.inMemory(this.network))
    for (const relay of this.relays) relay.replicas = this.relays.filter(other => other !== relay)
  }

  async mailbox(
    o: { identity?: Identity; store?: Database } & Partial<
      Pick<OpenOptions, 'ackPolicy' | 'strangers' | 'strangersLane' | 'watchLagMax'>
    > = {}
  ): Promise<Mailbox> {
    const { network } = this.network.join(peerIdOf(generateIdentity()))
    const mailbox = await Mailbox.open({
      identity: o.identity ?? generateIdentity(),
      store: o.store ?? new BreakableLevel(),
      network,
      closest: async () => await Promise.resolve(this.relays.map(relay => relay.address)),
      env: this.env,
      strangers: o.strangers ?? 'inbox',
      strangersLane: o.strangersLane ?? openToAll,
      ...(o.ackPolicy === undefined ? {} : { ackPolicy: o.ackPolicy }),
      ...(o.watchLagMax === undefined ? {} : { watchLagMax: o.watchLagMax })
    })
    this.#open.push(mailbox)
    return mailbox
  }

  async registered(o: Parameters<World['mailbox']>[0] = {}): Promise<Mailbox> {
    const mailbox = await this.mailbox(o)
    await mailbox.register({ active: Math.min(relaysActiveDefault, this.relays.length) })
    return mailbox
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#open.map(async mailbox => {
        await mailbox.close()
      })
    )
    for (const relay of this.relays) relay.node.stop()
  }
}

/** Everything an async iterable gives. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** The messages of a list in which each can be read. */
export async function sound<T extends InboxItem | SentItem>(
  items: AsyncIterable<T>
): Promise<Array<Exclude<T, BadMessage>>> {
  const list = await all(items)
  const bad = list.find(item => isBad(item))
  if (bad !== undefined && isBad(bad)) throw bad.error
  return list as Array<Exclude<T, BadMessage>>
}
