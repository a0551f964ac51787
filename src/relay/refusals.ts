/**
 * What senders were refused, by mailbox, so that an owner learns that somebody did not get through (SPEC §8.4). Kept in
 * memory: it is a hint, and a relay that starts again begins anew.
 */
import { LRUCache } from 'lru-cache'
import { refusalsHeldMax } from '../limits.ts'
import type { Refused } from '../wire/messages.js'
import type { Answer } from './answer.ts'
import { nameOf } from './keys.ts'

const countMax = 0xffffffff

export class Refusals {
  /** Those refused last. Of each mailbox at most as many entries as there are statuses and limits. */
  readonly #mailboxes = new LRUCache<string, Map<string, Refused>>({ max: refusalsHeldMax })

  note(mailbox: Uint8Array, { status, limit }: Pick<Answer, 'status' | 'limit'>, nowMs: number): void {
    const name = nameOf(mailbox)
    const held = this.#mailboxes.get(name) ?? new Map<string, Refused>()
    const kind = `${status} ${limit}`
    const count = Math.min(countMax, (held.get(kind)?.count ?? 0) + 1)
    held.set(kind, { status, limit, count, lastMs: nowMs })
    this.#mailboxes.set(name, held)
  }

  /** The most frequent first. */
  of(mailbox: Uint8Array): Refused[] {
    return [...(this.#mailboxes.peek(nameOf(mailbox))?.values() ?? [])].sort((a, b) => b.count - a.count)
  }
}
