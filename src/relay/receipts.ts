/** Signs all receipts asked for in one go, which are those of one commit group, with one signature (SPEC §7.4). */
import { signReceipts, type ReceiptFacts } from '../identity/receipt.ts'
import { commitGroupMax } from '../limits.ts'
import type { Receipt } from '../wire/messages.js'

interface Waiting {
  readonly facts: ReceiptFacts
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: unknown) => void
}

export class ReceiptSigner {
  readonly #relay: Uint8Array
  readonly #sign: (message: Uint8Array) => Promise<Uint8Array>
  /** Bounded by the commit groups of one turn. */
  readonly #waiting: Waiting[] = []

  constructor(relay: Uint8Array, sign: (message: Uint8Array) => Promise<Uint8Array>) {
    this.#relay = relay
    this.#sign = sign
  }

  /** Call only after the record is on disk: the receipt says so (G1). */
  async receipt(facts: ReceiptFacts): Promise<Receipt> {
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ facts, resolve, reject })
      if (this.#waiting.length === 1)
        process.nextTick(() => {
          this.#signAll()
        })
    })
  }

  #signAll(): void {
    const group = this.#waiting.splice(0, commitGroupMax)
    if (this.#waiting.length > 0)
      setImmediate(() => {
        this.#signAll()
      })
    signReceipts(
      this.#relay,
      group.map(({ facts }) => facts),
      this.#sign
    ).then(
      receipts => {
        group.forEach(({ resolve }, i) => {
          resolve(receipts[i] as Receipt)
        })
      },
      (error: unknown) => {
        for (const { reject } of group) reject(error)
      }
    )
  }
}
