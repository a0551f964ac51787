/** What a relay may say that is not true. It keeps and serves everything else as an honest one does. */
import { DepositResponse, LocatorRequest, LocatorResponse, OwnerResponse } from '../../src/wire/messages.js'
import type { Protocol } from '../../src/wire/port.ts'
import { protocols } from '../../src/wire/port.ts'

export const lies = ['forges receipts', 'withholds records', 'shows old locators'] as const
export type Lie = (typeof lies)[number]

const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte))

export class Liar {
  lie: Lie | undefined
  /** Mailbox → the first locator that was shown. Bounded by the mailboxes of a simulation. */
  readonly #shown = new Map<string, Uint8Array>()

  /** What is sent instead of `answer`. */
  answer(protocol: Protocol, request: Uint8Array, answer: Uint8Array): Uint8Array {
    if (protocol === protocols.locator) return this.#locator(request, answer)
    if (protocol === protocols.deposit && this.lie === 'forges receipts') return forged(answer)
    if (protocol === protocols.owner && this.lie === 'withholds records') return withheld(answer)
    return answer
  }

  #locator(request: Uint8Array, answer: Uint8Array): Uint8Array {
    const { get } = LocatorRequest.decode(request)
    const told = LocatorResponse.decode(answer)
    if (get === undefined || told.locator === undefined) return answer
    const name = Buffer.from(get.mailbox).toString('hex')
    const first = this.#shown.get(name) ?? told.locator
    this.#shown.set(name, first)
    return this.lie === 'shows old locators' ? LocatorResponse.encode({ ...told, locator: first }) : answer
  }
}

/** Every receipt twice, none of which verifies. */
function forged(answer: Uint8Array): Uint8Array {
  const told = DepositResponse.decode(answer)
  const receipts = told.receipts.map(receipt => ({ ...receipt, signature: flipped(receipt.signature) }))
  return DepositResponse.encode({ ...told, receipts: [...receipts, ...receipts] })
}

/** The first record of a page, and a cursor that leaves the others behind for ever. */
function withheld(answer: Uint8Array): Uint8Array {
  const told = OwnerResponse.decode(answer)
  if (told.page === undefined) return answer
  return OwnerResponse.encode({ ...told, page: { ...told.page, records: told.page.records.slice(0, 1), more: false } })
}
