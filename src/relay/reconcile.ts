/**
 * Range-based set reconciliation: two ends find out which items only one of them has, exchanging a few hundred bytes for
 * each difference however large the sets are (SPEC §9.6). The framing is negentropy's, version 1. Pure: bytes in, bytes
 * out. Each message covers the whole order of items, range after range; a range is skipped (equal), has a fingerprint,
 * or lists its ids.
 */
import { hash } from 'node:crypto'
import { compare } from 'uint8arrays/compare'
import { MailboxError } from '../errors.ts'
import { reconcileBytesMax, reconcileListMax } from '../limits.ts'
import { nameOf } from './keys.ts'
import { RangeReader, RangeWriter, type Bound } from './ranges.ts'

/** What is reconciled: an order key that every replica gives the same item, and an id that nobody can choose. */
export interface Item {
  /** A whole number below 2^53; unix hours here. */
  readonly key: number
  /** 32 bytes. */
  readonly id: Uint8Array
}

/** Items that only one end has. */
export interface Difference {
  /** Ours, which the other end lacks. */
  readonly have: Uint8Array[]
  /** Theirs, which we lack. */
  readonly need: Uint8Array[]
}

export const modes = { skip: 0, fingerprint: 1, list: 2 } as const
const buckets = 16
/** Items of a range that are listed rather than split: parts of one item would say less than its id. */
const listBelow = 2 * buckets
const idBytes = 32
/** A message that has become as long as this less than its limit ends: a range split or listed fits in, and the end. */
const reserveBytes = 4_096

const infinity: Bound = { key: Infinity, prefix: new Uint8Array(0) }

/** Items in order, with the sums that fingerprints are made of. */
export class ItemSet {
  readonly #items: readonly Item[]

  constructor(items: Iterable<Item>) {
    this.#items = [...items].sort((a, b) => a.key - b.key || compare(a.id, b.id))
  }

  get size(): number {
    return this.#items.length
  }

  slice(lower: number, upper: number): readonly Item[] {
    return this.#items.slice(lower, upper)
  }

  /** The first place at or after `from` whose item is not before `bound`. */
  place(from: number, bound: Bound): number {
    let [low, high] = [from, this.#items.length]
    // halves each time
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(this.#at(middle), bound)) low = middle + 1
      else high = middle
    }
    return low
  }

  /** First 16 bytes of SHA-256(sum of the ids modulo 2^256, little-endian ‖ varint count). */
  fingerprint(lower: number, upper: number): Uint8Array {
    const limbs = new Float64Array(8)
    for (let at = lower; at < upper; at++) addTo(limbs, this.#at(at).id)
    const writer = new RangeWriter()
    writer.bytes(littleEndian(limbs))
    writer.varint(upper - lower)
    return hash('sha256', writer.finish(), 'buffer').subarray(0, 16)
  }

  /** The shortest bound between the item before `at` and the one there. */
  boundBefore(at: number): Bound {
    const [before, item] = [this.#at(at - 1), this.#at(at)]
    if (before.key !== item.key) return { key: item.key, prefix: new Uint8Array(0) }
    let shared = 0
    while (shared < idBytes - 1 && before.id[shared] === item.id[shared]) shared++
    return { key: item.key, prefix: item.id.subarray(0, shared + 1) }
  }

  /** The bound that `at` and everything after it are not before. */
  boundAt(at: number): Bound {
    const { key, id } = this.#at(at)
    return { key, prefix: id }
  }

  #at(at: number): Item {
    return this.#items[at] as Item
  }
}

/** Adds an id, as eight little-endian limbs; carries are left for the end, exact for two million items. */
function addTo(limbs: Float64Array, id: Uint8Array): void {
  for (let limb = 0; limb < 8; limb++) {
    const at = 4 * limb
    const low = (id[at] ?? 0) | ((id[at + 1] ?? 0) << 8) | ((id[at + 2] ?? 0) << 16)
    limbs[limb] = (limbs[limb] ?? 0) + low + (id[at + 3] ?? 0) * 0x1000000
  }
}

function littleEndian(limbs: Float64Array): Uint8Array {
  const bytes = new Uint8Array(idBytes)
  const view = new DataView(bytes.buffer)
  let carry = 0
  limbs.forEach((limb, at) => {
    const sum = limb + carry
    view.setUint32(4 * at, sum % 0x1_0000_0000, true)
    carry = Math.floor(sum / 0x1_0000_0000)
  })
  return bytes
}

function isBefore(item: Item, bound: Bound): boolean {
  if (item.key !== bound.key) return item.key < bound.key
  return compare(item.id.subarray(0, bound.prefix.byteLength), bound.prefix) < 0
}

/** The end that asks: it alone learns the differences. */
export class Initiator {
  readonly #set: ItemSet

  constructor(set: ItemSet) {
    this.#set = set
  }

  start(): Uint8Array {
    const writer = new RangeWriter()
    if (this.#set.size <= reconcileListMax) list(this.#set.slice(0, this.#set.size), infinity, writer)
    else split(this.#set, { lower: 0, upper: this.#set.size, bound: infinity }, writer)
    return writer.message()
  }

  /**
   * What an answer shows, and the next question; without one the sets are known.
   * @throws MailboxError MALFORMED
   */
  next(answer: Uint8Array): Difference & { readonly question?: Uint8Array } {
    const difference: Difference = { have: [], need: [] }
    const question = reconcile(this.#set, answer, (ids, ours) => {
      compareLists(ids, ours, difference)
      return undefined
    })
    return question.byteLength === 1 ? difference : { ...difference, question }
  }
}

/** The end that answers: to a list of ids it says its own. @throws MailboxError MALFORMED */
export function respond(set: ItemSet, question: Uint8Array): Uint8Array {
  return reconcile(set, question, (_ids, ours) => ours)
}

function compareLists(theirs: readonly Uint8Array[], ours: readonly Item[], difference: Difference): void {
  const left = new Map(theirs.map(id => [nameOf(id), id]))
  for (const { id } of ours) if (!left.delete(nameOf(id))) difference.have.push(id)
  difference.need.push(...left.values())
}

interface Range {
  readonly lower: number
  readonly upper: number
  readonly bound: Bound
}

/** A range that differs: its ids when they are few, else a fingerprint for each of 16 parts. */
function split(set: ItemSet, { lower, upper, bound }: Range, writer: RangeWriter): void {
  const count = upper - lower
  if (count < listBelow) {
    list(set.slice(lower, upper), bound, writer)
    return
  }
  let from = lower
  for (let bucket = 0; bucket < buckets; bucket++) {
    const to = from + Math.floor(count / buckets) + (bucket < count % buckets ? 1 : 0)
    writer.bound(to === upper ? bound : set.boundBefore(to))
    writer.varint(modes.fingerprint)
    writer.bytes(set.fingerprint(from, to))
    from = to
  }
}

function list(items: readonly Item[], bound: Bound, writer: RangeWriter): void {
  writer.bound(bound)
  writer.varint(modes.list)
  writer.varint(items.length)
  for (const { id } of items) writer.bytes(id)
}

/** Gets their ids of a range and ours; gives the items to list in return, or undefined to skip the range. */
type OnList = (ids: readonly Uint8Array[], ours: readonly Item[]) => readonly Item[] | undefined

/** Goes through the ranges of a message and writes what is to be said of each. */
function reconcile(set: ItemSet, message: Uint8Array, onList: OnList): Uint8Array {
  const reader = new RangeReader(message)
  const writer = new RangeWriter()
  let lower = 0
  // bounded by the message: every range takes at least three bytes
  while (!reader.ended) {
    const bound = reader.bound()
    const upper = set.place(lower, bound)
    const end = reply(set, { lower, upper, bound }, reader, writer, onList)
    const isLong = writer.size > reconcileBytesMax - reserveBytes
    if (end < upper || (isLong && bound.key !== Infinity)) {
      rest(set, end, writer)
      break
    }
    lower = upper
  }
  return writer.message()
}

/** @returns the end of what was spoken of: before the range's own when the message has become too long */
function reply(set: ItemSet, range: Range, reader: RangeReader, writer: RangeWriter, onList: OnList): number {
  const { lower, upper, bound } = range
  const mode = reader.varint()
  if (mode === modes.skip) {
    writer.skipTo(bound)
  } else if (mode === modes.fingerprint) {
    if (compare(reader.bytes(16), set.fingerprint(lower, upper)) === 0) writer.skipTo(bound)
    else split(set, range, writer)
  } else if (mode === modes.list) {
    const said = onList(reader.ids(), set.slice(lower, upper))
    if (said === undefined) {
      writer.skipTo(bound)
      return upper
    }
    const fits = Math.max(0, Math.floor((reconcileBytesMax - reserveBytes - writer.size) / idBytes))
    const end = lower + Math.min(said.length, fits)
    list(said.slice(0, fits), end < upper ? set.boundAt(end) : bound, writer)
    return end
  } else {
    throw new MailboxError('MALFORMED', `A range of the unknown mode ${mode}.`)
  }
  return upper
}

/** A message that is long enough ends with one fingerprint of all that it does not speak of. */
function rest(set: ItemSet, from: number, writer: RangeWriter): void {
  writer.bound(infinity)
  writer.varint(modes.fingerprint)
  writer.bytes(set.fingerprint(from, set.size))
}
