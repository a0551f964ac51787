/** What came of a relay of this mailbox that says it is leaving (SPEC §10.8). */
import type { ErrorCode } from '../errors.ts'

export interface Leaving {
  /** Peer id. */
  readonly relay: string
  /**
   * `moved`: the mailbox is on `by` instead. `by-hand`: nothing was done, because the owner listed the relays and only
   * the owner changes them. `waiting`: its turn comes at the next connect. `failed`: everything is as it was, `code`
   * says why; tried again at a later connect.
   */
  readonly outcome: 'moved' | 'by-hand' | 'waiting' | 'failed'
  /** Peer id of the relay that took its place. */
  readonly by?: string
  readonly code?: ErrorCode
}

export const sameOutcome = (a: Leaving | undefined, b: Leaving): boolean =>
  a?.outcome === b.outcome && a.by === b.by && a.code === b.code
