/** The end of a row: what was offered is stored, the relays become equal, new machines pull, the ledger judges. */
import { toString } from 'uint8arrays'
import { Owner } from '../../src/client/owner.ts'
import { systemEnvironment } from '../../src/environment.ts'
import { isMailboxError } from '../../src/errors.ts'
import type { PrivateIdentity } from '../../src/identity/keys.ts'
import { recordId } from '../../src/identity/record.ts'
import { StoredRecord } from '../../src/wire/messages.js'
import type { Page } from '../../src/wire/messages.js'
import type { Network, PeerAddress } from '../../src/wire/port.ts'
import type { Verdict } from './ledger.ts'
import type { Load } from './load.ts'
import { pause } from './waiting.ts'

/** How long relays have to become equal after the fault; a retry of repair may wait half a minute by then. */
const convergeMs = 90_000
const pollMs = 300
const callMs = 3_000

export interface Settled {
  readonly verdict: Verdict
  /** From the end of the fault until all relays held the same; undefined: not within `convergeMs`. */
  readonly convergedMs?: number
}

export interface SettleOptions {
  /** Relays whose confirmation makes an ack hold; 2 where a relay lost its disk. */
  readonly ackedBy?: number
}

/** Call when the fault is over. */
export async function settle(
  load: Load,
  network: Network,
  relays: readonly PeerAddress[],
  { ackedBy = 1 }: SettleOptions = {}
): Promise<Settled> {
  const healedMs = performance.now()
  await load.stop()
  await load.flush(convergeMs)
  const equal = await converged(healedMs + convergeMs, load.mailboxes, network, relays)
  const verdict = load.ledger.verdict({
    fresh: await load.freshInboxes(),
    before: await load.inboxes(),
    held: equal?.held ?? new Set(),
    ackedBy
  })
  await load.close()
  return { verdict, ...(equal === undefined ? {} : { convergedMs: equal.atMs - healedMs }) }
}

/** Undefined when the relays are not equal by `untilMs`. */
async function converged(
  untilMs: number,
  mailboxes: readonly PrivateIdentity[],
  network: Network,
  relays: readonly PeerAddress[]
): Promise<{ held: ReadonlySet<string>; atMs: number } | undefined> {
  do {
    const sets = await Promise.all(relays.map(async relay => await heldBy(relay, mailboxes, network)))
    const [first] = sets
    if (first !== undefined && sets.every(set => set !== undefined && first.symmetricDifference(set).size === 0))
      return { held: first, atMs: performance.now() }
    await pause(pollMs)
  } while (performance.now() < untilMs)
  return undefined
}

/** Ids of the records that a relay gives to the owners, by their bytes; undefined when it does not answer. */
export async function heldBy(
  relay: PeerAddress,
  mailboxes: readonly PrivateIdentity[],
  network: Network
): Promise<ReadonlySet<string> | undefined> {
  const held = new Set<string>()
  try {
    for (const identity of mailboxes) {
      const owner = new Owner({ network, identity, env: systemEnvironment })
      for await (const page of pages(owner, relay, identity.key)) {
        for (const bytes of page.records) held.add(toString(recordId(StoredRecord.decode(bytes)), 'hex'))
      }
    }
    return held
  } catch (error) {
    if (!isMailboxError(error)) throw error
    return undefined
  }
}

/** Bounded by what a relay holds for a mailbox. */
async function* pages(owner: Owner, relay: PeerAddress, mailbox: Uint8Array): AsyncGenerator<Page> {
  let after: Page['next']
  for (;;) {
    const pull = { mailbox, recordsMax: 0, bytesMax: 0, ...(after === undefined ? {} : { after }) }
    const { page } = await owner.call(relay, { pull }, { deadlineMs: callMs })
    if (page === undefined) return
    yield page
    if (!page.more) return
    after = page.next
  }
}
