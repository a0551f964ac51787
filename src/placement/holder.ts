/**
 * The answering side of the locator neighbourhood: GET, PUT and HAVE of `/mailbox/locator/1.0.0`. A locator is never
 * replaced by an older one, whoever sends it and however often (G8). SPEC §6.3.
 */
import { createHash } from 'node:crypto'
import { RecordEnvelope } from '@libp2p/peer-record'
import { compare } from 'uint8arrays/compare'
import { equals } from 'uint8arrays/equals'
import { toString } from 'uint8arrays/to-string'
import { xor } from 'uint8arrays/xor'
import { hourOf, type Environment, type Log } from '../environment.ts'
import { isMailboxError, MailboxError, Status, statusOf, type StatusCode } from '../errors.ts'
import { peerBytes } from '../identity/peer.ts'
import { openLocator, supersedes, type Locator } from '../identity/locator.ts'
import {
  limitNumber,
  locatorAcceptRelays,
  locatorBytesMax,
  locatorsHeldMax,
  locatorValidHoursMax,
  clockSkewHours
} from '../limits.ts'
import { OneAtATime } from './turns.ts'
import { Locator as LocatorMessage, LocatorRequest, LocatorResponse, type LocatorDigest } from '../wire/messages.js'
import type { Handler, Session } from '../wire/port.ts'
import { kadPosition, type Closest } from './dht.ts'
import { locatorKeys } from './neighbourhood.ts'

/**
 * Where a relay keeps locators, signed bytes by mailbox. It drops those past `validUntilHour` by itself; `count` is
 * what it holds now.
 */
export interface LocatorShelf {
  get: (mailbox: Uint8Array) => Promise<Uint8Array | undefined>
  put: (mailbox: Uint8Array, locator: Locator) => Promise<void>
  count: () => number
}

export interface LocatorHolderInit {
  shelf: LocatorShelf
  env: Environment
  /** This node's own view (`knownThrough`), which costs no traffic. Absent: the node accepts for any mailbox. */
  closest?: Closest
  /** Peer id of this relay, multihash bytes. */
  self: Uint8Array
  log: Log
  /** Locators held at most; `locatorsHeldMax` when absent. */
  heldMax?: number
  rates: LocatorRates
  /** Told of what is refused. */
  refused?: (answer: { readonly status: StatusCode; readonly limit: number }) => void
}

/** What a caller may ask in a second (SPEC §9.12); each throws BUSY. */
export interface LocatorRates {
  /** Any call, before it is looked at. */
  request: (session: Session, request: Uint8Array) => void
  /** A GET that is answered verifies a signature. */
  get: (session: Session) => void
  /** `puts` locators, of a PUT or of what a HAVE is worth. */
  put: (session: Session, puts: number) => void
  /** True for who goes on asking although it is refused. */
  isFlooding: (session: Session) => boolean
}

/** HAVE reads the shelf and checks no signature: this many of its items cost as much as one PUT. */
const haveItemsPerPut = 64
const mailboxBytes = 32

/** What decides between two locators of one mailbox. */
interface Standing {
  readonly bytes: Uint8Array
  readonly seq: number
  /** SHA-256 of the signed payload. */
  readonly digest: Uint8Array
}

export class LocatorHolder {
  readonly #init: LocatorHolderInit
  readonly #heldMax: number
  /** Changes of one mailbox, one after the other. */
  readonly #turns = new OneAtATime()
  /** Locators of mailboxes that are new here and not on the shelf yet; they count against `heldMax`. */
  #arriving = 0

  constructor(init: LocatorHolderInit) {
    this.#init = init
    this.#heldMax = init.heldMax ?? locatorsHeldMax
  }

  /** The handler of `/mailbox/locator/1.0.0`; expected refusals are statuses. */
  readonly handler: Handler = async (bytes, session) => {
    try {
      return LocatorResponse.encode({
        status: Status.OK,
        retryAfterMs: 0,
        limit: 0,
        want: [],
        ...(await this.#serve(bytes, session))
      })
    } catch (error) {
      if (statusOf(error) === Status.UNAVAILABLE) this.#init.log('error', 'locator.failed', { error: String(error) })
      const limit = isMailboxError(error) && error.limit !== undefined ? limitNumber(error.limit) : 0
      const retryAfterMs = isMailboxError(error) ? (error.retryAfterMs ?? 0) : 0
      const locator = isMailboxError(error) ? error.locator : undefined
      this.#init.refused?.({ status: statusOf(error), limit })
      if (this.#init.rates.isFlooding(session)) throw error
      return LocatorResponse.encode({
        status: statusOf(error),
        retryAfterMs,
        limit,
        want: [],
        ...(locator === undefined ? {} : { locator })
      })
    }
  }

  async #serve(bytes: Uint8Array, session: Session): Promise<{ locator?: Uint8Array; want?: Uint8Array[] }> {
    const { rates } = this.#init
    rates.request(session, bytes)
    const request = decode(bytes)
    if (request.get !== undefined) {
      rates.get(session)
      return { locator: await this.#get(request.get.mailbox) }
    }
    if (request.put !== undefined) {
      rates.put(session, 1)
      await this.take(request.put.locator)
      return {}
    }
    if (request.have !== undefined) {
      rates.put(session, Math.max(1, Math.ceil(request.have.items.length / haveItemsPerPut)))
      return { want: await this.#wanted(request.have.items) }
    }
    throw new MailboxError('MALFORMED', 'no call in the request')
  }

  /** @throws MailboxError NO_MAILBOX when none is held, UNAVAILABLE when what is held cannot be read any more (G11) */
  async #get(mailbox: Uint8Array): Promise<Uint8Array> {
    requireMailbox(mailbox)
    const bytes = await this.#init.shelf.get(mailbox)
    const held = bytes === undefined ? undefined : await openHeld(bytes, mailbox)
    if (held === undefined || this.#isOver(held)) {
      throw new MailboxError('NO_MAILBOX', 'no locator of this mailbox is held')
    }
    return held.bytes
  }

  /**
   * Takes a locator, wherever it comes from: SPEC §6.3, checks 2 to 5 in order.
   * @throws MailboxError SIZE, DESCRIPTOR, EXPIRED, POLICY (not near), MOVED with the newer one held, QUOTA, STORE
   */
  async take(bytes: Uint8Array): Promise<void> {
    if (bytes.length > locatorBytesMax)
      throw new MailboxError('SIZE', 'the locator is larger than the limit', { limit: 'locatorBytesMax' })
    const nowHour = hourOf(this.#init.env.now())
    const offered = await openLocator(bytes, { nowHour })
    if (offered.validUntilHour > nowHour + locatorValidHoursMax + clockSkewHours) {
      throw new MailboxError('EXPIRED', 'the locator is valid for longer than the limit')
    }
    if (!(await this.#isNear(offered.mailbox)))
      throw new MailboxError('POLICY', 'this relay is not in a neighbourhood of the mailbox')
    await this.#turns.take(toString(offered.mailbox, 'base64'), async () => {
      await this.#keep(offered)
    })
  }

  /** Newer only (G8): an equal one is there already, an older one is answered with what is held. */
  async #keep(offered: Locator): Promise<void> {
    const held = await this.#held(offered.mailbox)
    if (held !== undefined && equals(held.digest, offered.digest)) return
    if (held !== undefined && !supersedes(offered, held)) {
      throw new MailboxError('MOVED', 'a newer locator is held', { locator: held.bytes })
    }
    if (held !== undefined) await this.#init.shelf.put(offered.mailbox, offered)
    else await this.#keepFirst(offered)
  }

  async #keepFirst(offered: Locator): Promise<void> {
    if (this.#init.shelf.count() + this.#arriving >= this.#heldMax) {
      throw new MailboxError('QUOTA', 'this relay holds no more locators', { limit: 'locatorsHeldMax' })
    }
    this.#arriving++
    try {
      await this.#init.shelf.put(offered.mailbox, offered)
    } finally {
      this.#arriving--
    }
  }

  /** Of what the other holder has, the mailboxes whose locator is newer there or missing here. */
  async #wanted(items: readonly LocatorDigest[]): Promise<Uint8Array[]> {
    const want: Uint8Array[] = []
    // bounded by haveItemsMax, which the decoder enforces
    for (const item of items) {
      requireMailbox(item.mailbox)
      const held = await this.#held(item.mailbox)
      if (held === undefined ? await this.#isNear(item.mailbox) : supersedes(item, held)) want.push(item.mailbox)
    }
    return want
  }

  /** What is held was verified when it came; one past its validity, or that cannot be read any more, is as good as none. */
  async #held(mailbox: Uint8Array): Promise<Standing | undefined> {
    const bytes = await this.#init.shelf.get(mailbox)
    if (bytes === undefined) return undefined
    try {
      const held = standingOf(bytes)
      return this.#isOver(held) ? undefined : held
    } catch (error) {
      this.#init.log('error', 'locator.unreadable', { error: String(error) })
      return undefined
    }
  }

  #isOver(locator: { validUntilHour: number }): boolean {
    return locator.validUntilHour <= hourOf(this.#init.env.now())
  }

  /** Near to either key of the mailbox. */
  async #isNear(mailbox: Uint8Array): Promise<boolean> {
    for (const key of locatorKeys(mailbox)) if (await this.#isNearTo(key)) return true
    return false
  }

  /** True when fewer than `locatorAcceptRelays` relays that this node knows are closer to the key than itself. */
  async #isNearTo(key: Uint8Array): Promise<boolean> {
    if (this.#init.closest === undefined) return true
    const known = await this.#init.closest(key, AbortSignal.timeout(1_000))
    if (known.length < locatorAcceptRelays) return true
    const target = kadPosition(key)
    const own = xor(kadPosition(this.#init.self), target)
    const closer = known.filter(peer => compare(xor(kadPosition(peerBytes(peer.id)), target), own) < 0)
    return closer.length < locatorAcceptRelays
  }
}

function decode(bytes: Uint8Array): LocatorRequest {
  try {
    return LocatorRequest.decode(bytes)
  } catch (cause) {
    throw new MailboxError('MALFORMED', 'not a request of the locator protocol', { cause })
  }
}

function requireMailbox(mailbox: Uint8Array): void {
  if (mailbox.length !== mailboxBytes) throw new MailboxError('MALFORMED', 'a mailbox has 32 bytes')
}

/** Reads the order of a locator without checking its signature: these bytes passed that when they came. */
export function standingOf(bytes: Uint8Array): Standing & { validUntilHour: number } {
  const payload = RecordEnvelope.createFromProtobuf(bytes).payload.subarray()
  const { seq, validUntilHour } = LocatorMessage.decode(payload)
  return { bytes, seq, validUntilHour, digest: createHash('sha256').update(payload).digest() }
}

async function openHeld(bytes: Uint8Array, mailbox: Uint8Array): Promise<Locator> {
  try {
    return await openLocator(bytes, { mailbox })
  } catch (cause) {
    // the fault is this relay's, not the caller's
    throw new MailboxError('UNAVAILABLE', 'the locator held cannot be read', { cause })
  }
}
