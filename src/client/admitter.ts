/** Has what a message of the outbox needs to be let in made, keeps it with the entry, and shows how far it is. */
import type { OutboxEvent, Stamping } from './entry.ts'
import { entryOf } from './entry.ts'
import type { Admissible, ProveOptions, Proofs, Proving } from './proofs.ts'
import type { Place, Queue } from './queue.ts'
import { begun } from './schedule.ts'

export interface AdmitterInit {
  readonly proofs: Proofs
  readonly queue: Queue
  readonly tell: (event: OutboxEvent) => void
}

export class Admitter {
  readonly #init: AdmitterInit
  /** Key of a message → how far its stamp is. Bounded by the attempts that run. */
  readonly #stamping = new Map<string, Stamping>()

  constructor(init: AdmitterInit) {
    this.#init = init
  }

  stampingOf(key: string): Stamping | undefined {
    return this.#stamping.get(key)
  }

  /**
   * The place comes back as it is on disk: a new stamp is there before anything leaves with it.
   * @throws MailboxError as `Proofs.prove`
   */
  async prove(place: Place, what: Admissible, o: ProveOptions): Promise<{ place: Place; proving: Proving }> {
    const { proofs, queue } = this.#init
    const { key, row } = place
    const progress = (hashes: number, expected: number): void => {
      this.#show(place, { hashes, expected })
    }
    try {
      const proving = await proofs.prove(what, { ...o, stamp: row.stamp, progress })
      if ('refusal' in proving || proving.stamp === undefined) return { place, proving }
      const stamped = { ...place, row: begun({ ...row, stamp: proving.stamp }) }
      await queue.put(stamped, [])
      return { place: stamped, proving }
    } finally {
      this.#stamping.delete(key)
    }
  }

  #show({ key, id, row }: Place, stamping: Stamping): void {
    this.#stamping.set(key, stamping)
    this.#init.tell({ type: 'state', entry: entryOf(id, row, stamping) })
  }
}
