/** Forwards a deposit to the co-replicas and collects their receipts (SPEC §7.3). */
import type { Locator } from '../identity/locator.ts'
import { Status, statusName } from '../errors.ts'
import { noLongerAwaited, type Environment, type Log } from '../environment.ts'
import { fanOutGraceMs, fanOutWaitMs } from '../limits.ts'
import { DepositRequest, DepositResponse, type DepositCall, type Receipt } from '../wire/messages.js'
import { protocols, type Network, type PeerAddress } from '../wire/port.ts'

export interface CoordinatorOptions {
  readonly network: Network
  readonly self: string
  readonly env: Environment
  readonly log: Log
  /** Told of every relay that gave no receipt. */
  readonly missed: (mailbox: Uint8Array, peer: PeerAddress) => void
}

export class Coordinator {
  readonly #options: CoordinatorOptions

  constructor(options: CoordinatorOptions) {
    this.#options = options
  }

  /**
   * Receipts of the other active relays, verified by nobody yet: the sender does. Resolves when all have answered, or
   * soon after `wanted` of them did, or after `fanOutWaitMs`; the forwarding itself goes on. Never throws: a relay that
   * does not answer gives no receipt.
   */
  async fanOut(call: Pick<DepositCall, 'record' | 'proof'>, locator: Locator, wanted: number): Promise<Receipt[]> {
    const peers = locator.relays.filter(relay => relay.role === 'active' && relay.id !== this.#options.self)
    const request = DepositRequest.encode({ deposit: { ...call, fanOut: false } })
    const receipts: Receipt[] = []
    const { promise: enough, resolve } = Promise.withResolvers<undefined>()
    const settled = new AbortController()
    const enoughAfter = (ms: number): void => {
      // aborted once nobody waits: there is nothing left to be told
      this.#options.env.delay(ms, settled.signal).then(
        () => {
          resolve(undefined)
        },
        () => {
          resolve(undefined)
        }
      )
    }
    enoughAfter(fanOutWaitMs)
    const forwarded = peers.map(async peer => {
      const receipt = await this.#forward(peer, request)
      if (receipt === undefined) {
        this.#options.missed(locator.mailbox, peer)
        return
      }
      receipts.push(receipt)
      if (receipts.length === wanted) enoughAfter(fanOutGraceMs)
    })
    await Promise.race([enough, Promise.all(forwarded)])
    settled.abort(noLongerAwaited)
    return [...receipts]
  }

  async #forward(peer: PeerAddress, request: Uint8Array): Promise<Receipt | undefined> {
    try {
      const channel = await this.#options.network.channel(peer, protocols.deposit, { deadlineMs: fanOutWaitMs })
      const response = DepositResponse.decode(await channel.call(request))
      if (response.status === Status.OK) return response.receipts[0]
      this.#options.log('info', 'fan_out_refused', { relay: peer.id, status: statusName(response.status) })
    } catch (error) {
      this.#options.log('info', 'fan_out_failed', { relay: peer.id, error: String(error) })
    }
    return undefined
  }
}
