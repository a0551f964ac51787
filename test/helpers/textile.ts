/** Users of Textile's door in a small world of fake relays. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { PrivateKey } from '../../src/textile/index.ts'
import { Users } from '../../src/textile/index.ts'
import type { MailboxEvent, UserIdentity, UserMessage, UsersOptions } from '../../src/textile/index.ts'
import { relaysActiveDefault } from '../../src/limits.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { BreakableLevel, World } from './clients.ts'
import { peerIdOf } from './fake-relay.ts'
import { openToAll } from './lanes.ts'

type Options = Partial<Pick<UsersOptions, 'store' | 'log' | 'watchLagMax'>>

export class TextileWorld extends World {
  /** Closed when the test has ended. */
  static for(t: TestContext, ...args: ConstructorParameters<typeof World>): TextileWorld {
    const world = new TextileWorld(...args)
    t.after(async () => {
      await world.close()
    })
    return world
  }

  readonly #users: Users[] = []

  /** As many relays as there are. */
  get wanted(): { active: number } {
    return { active: Math.min(relaysActiveDefault, this.relays.length) }
  }

  /** Somebody without a mailbox. */
  async user(identity: UserIdentity, o: Options = {}): Promise<Users> {
    const users = await this.nobody(o)
    await users.getToken(identity)
    this.#users.push(users)
    return users
  }

  /** Somebody whose mailbox is set up. */
  async owner(identity: UserIdentity, o: Options = {}): Promise<Users> {
    const users = await this.user(identity, o)
    await users.setupMailbox(this.wanted)
    return users
  }

  /** Before anybody acts. */
  async nobody(o: Options = {}): Promise<Users> {
    return await Users.withKeyInfo(
      { key: 'an account at the Hub' },
      {
        store: new BreakableLevel(),
        network: this.network.join(peerIdOf(generateIdentity())).network,
        closest: async () => await Promise.resolve(this.relays.map(relay => relay.address)),
        env: this.env,
        strangersLane: openToAll,
        ...o
      }
    )
  }

  override async close(): Promise<void> {
    await Promise.all(this.#users.map(async users => users.close()))
    await super.close()
  }
}

export const textBytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What a message says to whom it is for. */
export async function opened(identity: PrivateKey, message: UserMessage | undefined): Promise<string> {
  assert.ok(message !== undefined)
  return new TextDecoder().decode(await identity.decrypt(message.body))
}

/** A callback for a watch, and what it was called with. */
export class Listener {
  readonly events: MailboxEvent[] = []
  /** The errors of last calls; undefined for an end without one. */
  readonly ends: Array<Error | undefined> = []
  #waiting: Array<() => void> = []

  readonly callback = (reply?: MailboxEvent, error?: Error): void => {
    if (reply === undefined) this.ends.push(error)
    else this.events.push(reply)
    for (const wake of this.#waiting.splice(0)) wake()
  }

  get types(): string[] {
    return this.events.map(({ type }) => type)
  }

  /** Resolves when `holds` does, after some call. */
  async until(holds: (listener: Listener) => boolean): Promise<void> {
    while (!holds(this)) await new Promise<void>(resolve => this.#waiting.push(resolve))
  }

  async event(n: number): Promise<MailboxEvent> {
    await this.until(({ events }) => events.length >= n)
    const event = this.events[n - 1]
    assert.ok(event !== undefined)
    return event
  }
}
