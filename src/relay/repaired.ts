/** What repairs come to, for logs and for whoever asked for one (SPEC §9.8). */

/** What one repair took and brought. */
export interface Repaired {
  /** Mailboxes that differed. */
  readonly mailboxes: number
  /** Items given to the other relay, and taken from it. */
  readonly given: number
  readonly taken: number
  /** Reconciliation messages asked, and bytes of reconciliation both ways. */
  readonly rounds: number
  readonly bytes: number
}

export const nothingRepaired: Repaired = { mailboxes: 0, given: 0, taken: 0, rounds: 0, bytes: 0 }

export function sumOf(a: Repaired, b: Repaired): Repaired {
  return {
    mailboxes: a.mailboxes + b.mailboxes,
    given: a.given + b.given,
    taken: a.taken + b.taken,
    rounds: a.rounds + b.rounds,
    bytes: a.bytes + b.bytes
  }
}
