/**
 * The adverts that a node knows: one of each relay, the latest (SPEC §6.6). Hints: nothing depends on what is in here.
 * Pure but for the time it is given.
 */
import { MailboxError } from '../errors.ts'
import { openAdvert, peekAdvert, type Advert } from '../identity/advert.ts'
import { advertsHeldMax, advertSpacingMs } from '../limits.ts'
import type { PeerAddress } from '../wire/port.ts'

interface Held {
  readonly advert: Advert
  readonly takenMs: number
}

/** What adverts say of a relay: `yes`, it has room and stays; `no`; or nothing. */
export type Hint = 'yes' | 'no' | 'unknown'

export class AdvertBook {
  /** Bounded by advertsHeldMax. */
  readonly #held = new Map<string, Held>()

  /**
   * Checks an advert, cheap before dear, and keeps it.
   * @throws MailboxError SIZE, DESCRIPTOR, VERSION, EXPIRED: it is no advert, or of another time; POLICY: it is not
   * later than the one held, or comes too soon after it; QUOTA: the book is full
   */
  async take(bytes: Uint8Array, nowMs: number): Promise<Advert> {
    this.#admit(peekAdvert(bytes), nowMs)
    const advert = await openAdvert(bytes, { nowMs })
    // another one of the same relay may have come while the signature was checked
    this.#admit(advert, nowMs)
    this.#held.set(advert.relay, { advert, takenMs: nowMs })
    return advert
  }

  #admit({ relay, issuedMs }: { readonly relay: string; readonly issuedMs: number }, nowMs: number): void {
    const held = this.#held.get(relay)
    if (held === undefined) {
      if (this.#held.size >= advertsHeldMax) this.#forget(nowMs)
      if (this.#held.size >= advertsHeldMax)
        throw new MailboxError('QUOTA', 'No more adverts are held.', { limit: 'advertsHeldMax' })
      return
    }
    if (issuedMs <= held.advert.issuedMs) throw new MailboxError('POLICY', 'An advert that is not news.')
    // less than the relay keeps to itself: the way here is not always equally long
    if (nowMs - held.takenMs < advertSpacingMs / 2) throw new MailboxError('POLICY', 'Adverts come too fast.')
  }

  /** Of this relay; undefined when none is held that counts. */
  of(relay: string, nowMs: number): Advert | undefined {
    const held = this.#held.get(relay)
    return held === undefined || held.advert.validUntilMs <= nowMs ? undefined : held.advert
  }

  hint(relay: string, nowMs: number): Hint {
    const advert = this.of(relay, nowMs)
    if (advert === undefined) return 'unknown'
    return advert.room > 0 && !advert.draining ? 'yes' : 'no'
  }

  /** Relays whose adverts say that they have room and stay. */
  offers(nowMs: number): PeerAddress[] {
    return [...this.#held.keys()]
      .filter(relay => this.hint(relay, nowMs) === 'yes')
      .map(relay => ({ id: relay, addresses: this.of(relay, nowMs)?.addresses ?? [] }))
  }

  /** Adverts that count. */
  count(nowMs: number): number {
    this.#forget(nowMs)
    return this.#held.size
  }

  #forget(nowMs: number): void {
    for (const [relay, { advert }] of this.#held) if (advert.validUntilMs <= nowMs) this.#held.delete(relay)
  }
}
