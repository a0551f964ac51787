/**
 * What the applications of one row were told, and whether it was true (after Jepsen's set checker). Pure: it knows
 * labels, record ids, mailboxes and relays by name.
 */

export interface Verdict {
  readonly offered: number
  /** Confirmed by W relays. */
  readonly stored: number
  /** Offered, and the sender never learned what became of it. */
  readonly unknown: number
  /** Refused or given up, with a reason. */
  readonly failed: number
  /** Stored and not acked, and a new machine of the owner did not get it; or gone from a relay that had signed for it. */
  readonly lost: readonly string[]
  /** Back at a relay or at a new machine although the ack was confirmed. */
  readonly resurrected: readonly string[]
  /** Given twice to one application. */
  readonly duplicated: readonly string[]
  /** Something that nobody sent, or that does not open. */
  readonly unexpected: readonly string[]
}

/** What one machine of an owner has got; `unopened` are record ids that came and did not open. */
export interface Inbox {
  readonly mailbox: string
  readonly labels: readonly string[]
  readonly unopened: readonly string[]
}

interface Offer {
  readonly mailbox: string
  outcome: 'unknown' | 'stored' | 'failed'
  id?: string
  /** Relays that have signed for it. */
  signers: readonly string[]
  /** The application has asked for its removal. */
  acking: boolean
  /** Relays that have confirmed that. */
  confirmed: number
}

export class Ledger {
  /** Bounded by what the load offers. */
  readonly #offers = new Map<string, Offer>()
  readonly #ids = new Set<string>()
  readonly #broken = new Set<string>()
  readonly #strange = new Set<string>()

  offered(label: string, mailbox: string): void {
    this.#offers.set(label, { mailbox, outcome: 'unknown', signers: [], acking: false, confirmed: 0 })
  }

  sealed(label: string, id: string): void {
    this.#offer(label).id = id
    this.#ids.add(id)
  }

  stored(label: string, signers: readonly string[]): void {
    Object.assign(this.#offer(label), { outcome: 'stored', signers })
  }

  failed(label: string): void {
    this.#offer(label).outcome = 'failed'
  }

  /** Before the relays are told: whatever happens then, the message is not missed. */
  acking(label: string): void {
    this.#offer(label).acking = true
  }

  /** So many relays have said that they will not give it again. */
  acked(label: string, relays: number): void {
    this.#offer(label).confirmed = relays
  }

  /** What `relay` holds before another could give it anything: what it signed for and lacks is lost there (G1). */
  heldAlone(relay: string, held: ReadonlySet<string>): number {
    const gone = [...this.#offers].filter(
      ([, { id, signers, acking }]) => id !== undefined && signers.includes(relay) && !acking && !held.has(id)
    )
    for (const [label] of gone) this.#broken.add(label)
    return gone.length
  }

  /** What a relay gives; call when every send has come to its end. */
  served(ids: ReadonlySet<string>): void {
    for (const id of ids) if (!this.#ids.has(id)) this.#strange.add(id)
  }

  /** Offers with this outcome so far. */
  count(outcome: Offer['outcome'] | 'acked'): number {
    const offers = [...this.#offers.values()]
    if (outcome === 'acked') return offers.filter(({ confirmed }) => confirmed > 0).length
    return offers.filter(offer => offer.outcome === outcome).length
  }

  /**
   * @param o.fresh what a new machine of each owner got
   * @param o.before what the owners' machines had got meanwhile
   * @param o.held record ids at the relays in the end
   * @param o.ackedBy relays whose confirmation must suffice for an ack to hold
   */
  verdict(o: {
    fresh: readonly Inbox[]
    before: readonly Inbox[]
    held: ReadonlySet<string>
    ackedBy: number
  }): Verdict {
    this.served(o.held)
    const got = new Set(o.fresh.flatMap(({ labels }) => labels))
    const offers = [...this.#offers]
    const missing = offers.filter(([label, { outcome, acking }]) => outcome === 'stored' && !acking && !got.has(label))
    const isBack = ([label, { id, confirmed }]: [string, Offer]): boolean =>
      confirmed >= o.ackedBy && (got.has(label) || (id !== undefined && o.held.has(id)))
    return {
      offered: offers.length,
      stored: this.count('stored'),
      unknown: this.count('unknown'),
      failed: this.count('failed'),
      lost: [...new Set([...missing.map(([label]) => label), ...this.#broken])],
      resurrected: offers.filter(isBack).map(([label]) => label),
      duplicated: [...o.fresh, ...o.before].flatMap(({ labels }) =>
        labels.filter((label, at) => labels.indexOf(label) < at)
      ),
      unexpected: [...[...o.fresh, ...o.before].flatMap(inbox => this.#strangeIn(inbox)), ...this.#strange]
    }
  }

  #strangeIn({ mailbox, labels, unopened }: Inbox): string[] {
    return [...unopened, ...labels.filter(label => this.#offers.get(label)?.mailbox !== mailbox)]
  }

  #offer(label: string): Offer {
    const offer = this.#offers.get(label)
    if (offer === undefined) throw new TypeError(`${label} was not offered`)
    return offer
  }
}
