/**
 * What happened in a simulation, and whether it may have (after Jepsen's set checker). Pure: it knows labels, mailboxes
 * and times, and nothing of relays. All times are the true ones, in milliseconds.
 */
import { msPerHour } from '../../src/environment.ts'
import { clockSkewHours } from '../../src/limits.ts'

/** One message in an application's store. */
export interface Seen {
  readonly label: string
  readonly from: string
}

export type HistoryEvent = { readonly atMs: number } & (
  | { readonly type: 'offered'; readonly label: string; readonly from: string; readonly to: string }
  /** The sender was told that nothing is queued. */
  | { readonly type: 'refused'; readonly label: string; readonly code: string }
  /** The sender was told that W relays have it. */
  | { readonly type: 'stored'; readonly label: string; readonly expiresMs: number }
  /** The sender was told that it gave up. */
  | { readonly type: 'failed'; readonly label: string; readonly code: string }
  /** A pull has ended; `inbox` is all that the application has then. */
  | {
      readonly type: 'pulled'
      readonly mailbox: string
      readonly startMs: number
      readonly complete: boolean
      readonly inbox: readonly Seen[]
    }
  /** Every relay of the mailbox has confirmed. */
  | { readonly type: 'acked'; readonly mailbox: string; readonly labels: readonly string[] }
  /** A relay of these mailboxes has lost its disk or what was written last. */
  | { readonly type: 'exposed'; readonly mailboxes: readonly string[] }
  /** All relays have been up and have repaired since. */
  | { readonly type: 'repaired' }
  /** No fault from here on. */
  | { readonly type: 'healed' }
  /** What a relay has on its disk at the end. */
  | { readonly type: 'held'; readonly relay: string; readonly labels: readonly string[] }
)

export interface Verdict {
  readonly offered: number
  readonly stored: number
  /** Offered, and the sender never learned what became of it. */
  readonly unknown: number
  readonly failed: number
  /** Stored and unexpired, and not there after a complete pull; or there once, and gone. */
  readonly lost: readonly string[]
  /** Back at a relay or at the application after its ack was confirmed. */
  readonly resurrected: readonly string[]
  /** Twice in one application's store. */
  readonly duplicated: readonly string[]
  /** In an application's store, and not sent to it, by that sender, with these words. */
  readonly unexpected: readonly string[]
  /** Mailboxes without a complete pull after healing. */
  readonly unsettled: readonly string[]
}

/** A relay whose clock is ahead drops a record this much before it expires. */
const marginMs = clockSkewHours * msPerHour

interface Offer {
  readonly from: string
  readonly to: string
  outcome: 'unknown' | 'stored' | 'failed'
  refused: boolean
  storedMs: number
  expiresMs: number
}

export function check(history: readonly HistoryEvent[]): Verdict {
  const checker = new Checker()
  for (const event of history) checker.see(event)
  return checker.verdict()
}

/** Whether anything happened that must not. */
export function isClean(verdict: Verdict): boolean {
  const { lost, resurrected, duplicated, unexpected, unsettled } = verdict
  return [lost, resurrected, duplicated, unexpected, unsettled].every(labels => labels.length === 0)
}

class Checker {
  readonly #offers = new Map<string, Offer>()
  /** Mailbox → label → how often the application has it. */
  readonly #inboxes = new Map<string, ReadonlyMap<string, number>>()
  readonly #acked = new Set<string>()
  readonly #exposed = new Set<string>()
  readonly #unsettled = new Set<string>()
  readonly #lost = new Set<string>()
  readonly #resurrected = new Set<string>()
  readonly #duplicated = new Set<string>()
  readonly #unexpected = new Set<string>()
  #healed = false

  see(event: HistoryEvent): void {
    if (event.type === 'offered') this.#offered(event)
    else if (event.type === 'refused' || event.type === 'failed' || event.type === 'stored') this.#outcome(event)
    else if (event.type === 'pulled') this.#pulled(event)
    else if (event.type === 'acked') for (const label of event.labels) this.#acked.add(label)
    else if (event.type === 'exposed') for (const mailbox of event.mailboxes) this.#exposed.add(mailbox)
    else if (event.type === 'repaired') this.#exposed.clear()
    else if (event.type === 'held') this.#held(event)
    else this.#healed = true
  }

  verdict(): Verdict {
    const offers = [...this.#offers.values()]
    const count = (outcome: Offer['outcome']): number => offers.filter(offer => offer.outcome === outcome).length
    return {
      offered: offers.length,
      stored: count('stored'),
      unknown: count('unknown'),
      failed: count('failed'),
      lost: [...this.#lost],
      resurrected: [...this.#resurrected],
      duplicated: [...this.#duplicated],
      unexpected: [...this.#unexpected],
      unsettled: [...this.#unsettled]
    }
  }

  #offered({ label, from, to }: Extract<HistoryEvent, { type: 'offered' }>): void {
    const times = { storedMs: Infinity, expiresMs: 0 }
    this.#offers.set(label, { from, to, outcome: 'unknown', refused: false, ...times })
    this.#unsettled.add(to)
  }

  #outcome(event: Extract<HistoryEvent, { type: 'refused' | 'failed' | 'stored' }>): void {
    const offer = this.#offers.get(event.label)
    if (offer === undefined) throw new TypeError(`the outcome of ${event.label}, which was not offered`)
    if (event.type === 'stored') {
      const { atMs: storedMs, expiresMs } = event
      Object.assign(offer, { outcome: 'stored', storedMs: Math.min(storedMs, offer.storedMs), expiresMs })
    } else if (offer.outcome !== 'stored') offer.outcome = 'failed'
    if (event.type === 'refused') offer.refused = true
  }

  #pulled({ mailbox, startMs, atMs, complete, inbox }: Extract<HistoryEvent, { type: 'pulled' }>): void {
    const before = this.#inboxes.get(mailbox) ?? new Map<string, number>()
    const now = new Map<string, number>()
    for (const { label, from } of inbox) {
      now.set(label, (now.get(label) ?? 0) + 1)
      const offer = this.#offers.get(label)
      if (offer?.to !== mailbox || offer.from !== from || offer.refused) this.#unexpected.add(label)
    }
    for (const [label, count] of now) {
      if (count < 2 || count <= (before.get(label) ?? 0)) continue
      const into = before.has(label) && this.#acked.has(label) ? this.#resurrected : this.#duplicated
      into.add(label)
    }
    for (const label of before.keys()) if (!now.has(label)) this.#lost.add(label)
    this.#inboxes.set(mailbox, now)
    if (!complete) return
    if (this.#healed) this.#unsettled.delete(mailbox)
    if (!this.#healed && this.#exposed.has(mailbox)) return
    for (const [label, { to, storedMs, expiresMs }] of this.#offers) {
      if (to === mailbox && storedMs <= startMs && expiresMs - marginMs > atMs && !now.has(label)) this.#lost.add(label)
    }
  }

  #held({ labels }: Extract<HistoryEvent, { type: 'held' }>): void {
    for (const label of labels) if (this.#acked.has(label)) this.#resurrected.add(label)
  }
}
