/**
 * Where a mailbox is (SPEC §6.4, §7.5): whatever the relays of both neighbourhoods say, in whatever order and however late,
 * a lookup never gives a locator that is older than the newest valid one it has heard, or than the one that was known
 * before it (G8).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemoryLevel } from 'memory-level'
import { equals } from 'uint8arrays/equals'
import { Recipients } from '../../src/client/recipients.ts'
import { LocalStore } from '../../src/client/store.ts'
import { silent } from '../../src/environment.ts'
import { isMailboxError, Status } from '../../src/errors.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { openLocator, type Locator } from '../../src/identity/locator.ts'
import { locatorCallMs } from '../../src/limits.ts'
import { locatorKey, Neighbourhood } from '../../src/placement/neighbourhood.ts'
import { LocatorResponse } from '../../src/wire/messages.js'
import type { PeerAddress } from '../../src/wire/port.ts'
import { locatorOf, Village } from '../helpers/neighbourhood.ts'
import { turns } from '../helpers/streams.ts'

const seqs = 6
const owner = generateIdentity()
const other = generateIdentity()

/** What one relay does: which place it is in, what it says, and after how long. */
interface Says {
  readonly place: 'first' | 'second' | 'both'
  readonly answer: 'none' | 'silent' | 'refuses' | 'garbage' | 'forged' | 'foreign' | 'expired' | 'locator'
  readonly seq: number
  readonly afterMs: number
}

const stepMs = 100
const says: fc.Arbitrary<Says> = fc.record({
  place: fc.constantFrom('first', 'second', 'both'),
  answer: fc.oneof(
    { weight: 4, arbitrary: fc.constant('locator' as const) },
    { weight: 3, arbitrary: fc.constantFrom('none', 'silent', 'refuses', 'garbage', 'forged', 'foreign', 'expired') }
  ),
  seq: fc.integer({ min: 1, max: seqs }),
  afterMs: fc.integer({ min: 0, max: 12 }).map(n => n * stepMs)
})
/** What was known: a seq, or nothing. Heard: locators that come from elsewhere meanwhile, and when. */
const known = fc.option(fc.integer({ min: 1, max: seqs }), { nil: undefined })
const letters = fc.array(
  fc.record({ seq: fc.integer({ min: 1, max: seqs }), at: fc.integer({ min: 0, max: 2 }), saidLongAgo: fc.boolean() }),
  {
    maxLength: 6
  }
)

class Town extends Village {
  readonly places: Record<'first' | 'second', PeerAddress[]> = { first: [], second: [] }
  /** Seqs of the valid locators that have come, by the step in which they did. */
  readonly heard: Array<{ readonly seq: number; readonly step: number }> = []
  step = 0
  readonly #valid = new Map<number, Locator>()

  async locator(seq: number): Promise<Locator> {
    const held = this.#valid.get(seq) ?? (await locatorOf(owner, seq, this.clock.now()))
    this.#valid.set(seq, held)
    return held
  }

  reader(): Neighbourhood {
    const { first, second } = this.places
    return new Neighbourhood({
      network: this.asker.network,
      closest: async key => await Promise.resolve([...(equals(key, locatorKey(owner.key)) ? first : second)]),
      env: this.clock
    })
  }

  async relay({ place, answer, seq, afterMs }: Says): Promise<void> {
    const { address } = await this.add(async () => {
      if (afterMs > 0) await this.clock.delay(afterMs)
      if (answer === 'silent') return await new Promise<never>(() => undefined)
      const response = await this.#response(answer, seq)
      if (answer === 'locator') this.heard.push({ seq, step: this.step })
      return response
    })
    if (place !== 'second') this.places.first.push(address)
    if (place !== 'first') this.places.second.push(address)
  }

  async #response(answer: Says['answer'], seq: number): Promise<Uint8Array> {
    const nowMs = this.clock.now()
    const plain = { status: Status.OK, retryAfterMs: 0, limit: 0, want: [] }
    const saying = (locator: Uint8Array): Uint8Array => LocatorResponse.encode({ ...plain, locator })
    const { bytes } = await this.locator(seq)
    if (answer === 'garbage') return Uint8Array.of(0xff, 0xff)
    if (answer === 'none') return LocatorResponse.encode({ ...plain, status: Status.NO_MAILBOX })
    if (answer === 'refuses') return LocatorResponse.encode({ ...plain, status: Status.BUSY, locator: bytes })
    if (answer === 'foreign') return saying((await locatorOf(other, seqs + 1, nowMs)).bytes)
    if (answer === 'expired') return saying((await locatorOf(owner, seqs + 1, nowMs - 48 * 3_600_000)).bytes)
    // one bit of the signature, at its end
    if (answer === 'forged') return saying(bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)))
    return saying(bytes)
  }

  /** Lets time pass until `work` settles. @returns the newest that had come before its last step */
  async until<T>(work: Promise<T>, during: (atMs: number) => Promise<void> = async () => undefined): Promise<number> {
    const state = { settled: false }
    const end = (): void => {
      state.settled = true
    }
    void work.then(end, end)
    for (const startMs = this.clock.now(); !state.settled; this.step++) {
      const atMs = this.clock.now() - startMs
      assert(atMs <= 2 * locatorCallMs, 'a lookup that does not end')
      await during(atMs)
      await turns(10)
      this.clock.advance(stepMs)
    }
    const last = this.step - 1
    return Math.max(0, ...this.heard.filter(({ step }) => step < last).map(({ seq }) => seq))
  }
}

const outcome = async <T>(work: Promise<T>): Promise<T | undefined> => {
  try {
    return await work
  } catch (error) {
    if (!isMailboxError(error)) throw error
    return undefined
  }
}

test('G8: a lookup gives nothing older than the newest valid locator that it heard, or that was known before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(says, { minLength: 1, maxLength: 14 }), known, async (relays, before) => {
      const town = new Town()
      for (const relay of relays) await town.relay(relay)
      const reader = town.reader()
      if (before !== undefined) reader.remember(await town.locator(before))
      const work = outcome(reader.find(owner.key, { fresh: true }))
      const heard = await town.until(work)
      const found = await work
      if (found !== undefined)
        assert(found.seq <= seqs, 'a locator that nobody has signed for this mailbox, or an expired one')
      // what was heard is given, unless nothing was
      if (heard > 0) assert(found !== undefined && found.seq >= heard)
      if (found !== undefined && before !== undefined) assert(found.seq >= before)
      if (found === undefined) return
      // without asking anybody
      const again = await reader.find(owner.key)
      assert(again !== undefined && again.seq >= found.seq, 'a later answer is older')
    }),
    { numRuns: 60 }
  )
})

test('G8: what a client holds of a mailbox never goes back, whatever relays and messages say beside each other', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(says, { minLength: 1, maxLength: 8 }),
      known,
      letters,
      async (relays, before, messages) => {
        const town = new Town()
        for (const relay of relays) await town.relay(relay)
        const store = await LocalStore.open(new MemoryLevel(), other.key)
        const o = { store, network: town.asker.network, env: town.clock, log: silent }
        const recipients = new Recipients({
          ...o,
          neighbourhood: town.reader(),
          hints: async () => await Promise.resolve([])
        })
        let newest = 0
        const holds = async (): Promise<void> => {
          const { locator } = (await store.peers.get(Buffer.from(owner.key).toString('hex'))) ?? {}
          const seq = locator === undefined ? 0 : (await openLocator(locator, { mailbox: owner.key })).seq
          assert(seq >= newest, `${seq} after ${newest}`)
          newest = seq
        }
        if (before !== undefined) await recipients.remember(owner.key, await town.locator(before))
        const work = outcome(recipients.locate(owner.key, { fresh: true }))
        const heard = await town.until(work, async atMs => {
          const due = messages.filter(one => one.at * stepMs === atMs)
          // beside each other, and beside what relays answer in this step
          const sent = await Promise.all(due.map(async ({ seq }) => (await town.locator(seq)).bytes))
          const hearing = sent.map(async (bytes, at) => {
            // the sender says when, and may say anything
            const saidMs = due[at]?.saidLongAgo === true ? 0 : town.clock.now()
            await recipients.hear(owner.key, bytes, { saidMs, keep: true })
          })
          await Promise.all(hearing)
          newest = Math.max(newest, ...due.map(({ seq }) => seq))
          await holds()
        })
        const found = await work
        await holds()
        if (heard > 0) assert(found !== undefined && found.seq >= heard)
        if (found !== undefined && before !== undefined) assert(found.seq >= before)
        // what was kept is read by the next process
        await new Recipients({ ...o, neighbourhood: town.reader(), hints: async () => await Promise.resolve([]) }).held(
          owner.key
        )
      }
    ),
    { numRuns: 60 }
  )
})
