/**
 * Adverts over gossipsub, topic /mailbox/relays/1 (SPEC §6.6): what comes is checked before it is passed on. A hint
 * source; nothing depends on delivery, and nothing about a mailbox is ever said here.
 */
import { gossipsub, StrictNoSign, TopicValidatorResult, type GossipSub } from '@libp2p/gossipsub'
import { LRUCache } from 'lru-cache'
import type { Environment, Log } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import {
  advertBurstMax,
  advertsPerSecondMax,
  connectionsMax,
  gossipFrameBytesMax,
  requestDeadlineMs
} from '../limits.ts'
import { Budget } from '../wire/budget.ts'
import { handling, overlaid } from '../wire/overlay.ts'
import { meter } from '../wire/prefixed.ts'
import { AdvertBook } from './adverts.ts'

export const advertTopic = '/mailbox/relays/1'

/** Entries of one kind in a frame: a topic, few relays, one advert of each in half an hour. */
const entriesMax = 64
const idsMax = 1_000

/** gossipsub compares a length with its maximum once it has it whole, and waits for the rest of a frame for ever. */
const frames = { frameBytesMax: gossipFrameBytesMax, deadlineMs: requestDeadlineMs }

/** gossipsub as a libp2p service, for adverts and nothing else. Wants `identify` beside it. */
export function relayGossip(): ReturnType<typeof gossipsub> {
  const create = gossipsub({
    // an advert carries its own signature; its id is its content, so that whoever sends it again adds nothing
    globalSignaturePolicy: StrictNoSign,
    allowedTopics: [advertTopic],
    // the first relay of a network has nobody to tell, and tells its next neighbour with the next advert
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    fallbackToFloodsub: false,
    emitSelf: false,
    maxInboundStreams: 2,
    maxOutboundStreams: 2,
    maxInboundDataLength: gossipFrameBytesMax,
    maxOutboundBufferSize: 4 * gossipFrameBytesMax,
    maxTopicBytesPerPeer: entriesMax * 1_024,
    decodeRpcLimits: {
      maxSubscriptions: entriesMax,
      maxMessages: entriesMax,
      maxIhaveMessageIDs: idsMax,
      maxIwantMessageIDs: idsMax,
      maxIdontwantMessageIDs: idsMax,
      maxControlMessages: entriesMax,
      maxPeerInfos: entriesMax
    }
  })
  return components =>
    create(overlaid(components, { registrar: handling(components.registrar, stream => meter(stream, frames)) }))
}

export interface AdvertGossipInit {
  readonly pubsub: GossipSub
  readonly book?: AdvertBook
  readonly env: Environment
  readonly log: Log
}

export class AdvertGossip {
  readonly book: AdvertBook
  readonly #init: AdvertGossipInit
  /** Of the peers that pass adverts on to this node. */
  readonly #budgets = new LRUCache<string, Budget>({ max: connectionsMax })

  /** Begins to take and pass on adverts; the libp2p node has been started. */
  constructor(init: AdvertGossipInit) {
    this.#init = init
    this.book = init.book ?? new AdvertBook()
    const { pubsub } = init
    pubsub.topicValidators.set(advertTopic, async (peer, { data }) => await this.#judge(peer.toString(), data))
    pubsub.subscribe(advertTopic)
  }

  stop(): void {
    const { pubsub } = this.#init
    // none when the node has stopped before
    if (pubsub.getTopics().includes(advertTopic)) pubsub.unsubscribe(advertTopic)
    pubsub.topicValidators.delete(advertTopic)
  }

  /** Neighbours that want adverts. */
  get neighbours(): number {
    return this.#init.pubsub.getSubscribers(advertTopic).length
  }

  /** Keeps an own advert and gives it to the neighbours. @throws MailboxError as `AdvertBook.take`; UNAVAILABLE */
  async publish(bytes: Uint8Array): Promise<void> {
    const { pubsub, env } = this.#init
    await this.book.take(bytes, env.now())
    try {
      await pubsub.publish(advertTopic, bytes)
    } catch (cause) {
      throw new MailboxError('UNAVAILABLE', 'The advert was not given to anybody.', { cause })
    }
  }

  async #judge(peer: string, bytes: Uint8Array): Promise<TopicValidatorResult> {
    const { env, log } = this.#init
    const nowMs = env.now()
    try {
      this.#spend(peer, nowMs)
      const { relay } = await this.book.take(bytes, nowMs)
      log('debug', 'advert_taken', { relay, peer })
      return TopicValidatorResult.Accept
    } catch (error) {
      if (!isMailboxError(error)) throw error
      log('debug', 'advert_dropped', { peer, code: error.code })
      return isHarmless(error) ? TopicValidatorResult.Ignore : TopicValidatorResult.Reject
    }
  }

  /** @throws MailboxError BUSY */
  #spend(peer: string, nowMs: number): void {
    const budget =
      this.#budgets.get(peer) ?? new Budget({ perSecond: advertsPerSecondMax, burst: advertBurstMax }, nowMs)
    this.#budgets.set(peer, budget)
    const retryAfterMs = budget.take(nowMs)
    if (retryAfterMs > 0)
      throw new MailboxError('BUSY', 'Too many adverts from one peer.', { limit: 'advertsPerSecondMax', retryAfterMs })
  }
}

/** An honest peer may pass these on: it has other neighbours, another clock, or a newer version. */
const isHarmless = ({ code }: MailboxError): boolean => ['POLICY', 'QUOTA', 'BUSY', 'EXPIRED', 'VERSION'].includes(code)
