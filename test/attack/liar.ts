/**
 * A relay of the command line that lies: its arguments are those of `mailbox relay`. It is listed by honest owners, keeps
 * and serves like the others, and does beside that what `MAILBOX_LIE` names; from the first SIGHUP on, until the next.
 */
import { appendFileSync } from 'node:fs'
import { argv } from 'node:process'
import { parseRelay } from '../../src/client/relay-text.ts'
import { hourOf } from '../../src/environment.ts'
import { statusName } from '../../src/errors.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { decodeHeader, recordId } from '../../src/identity/record.ts'
import { signReceipts } from '../../src/identity/receipt.ts'
import { createTombstone } from '../../src/identity/tombstone.ts'
import { tombstoneIdsMax } from '../../src/limits.ts'
import { itemKinds } from '../../src/relay/inventory.ts'
import { Libp2pNetwork } from '../../src/wire/libp2p.ts'
import type { Receipt, Record } from '../../src/wire/messages.js'
import {
  DepositRequest,
  DepositResponse,
  LocatorRequest,
  LocatorResponse,
  OwnerRequest,
  OwnerResponse,
  SyncRequest,
  SyncResponse
} from '../../src/wire/messages.js'
import type { Handler, PeerAddress, Protocol, Session } from '../../src/wire/port.ts'
import { protocols } from '../../src/wire/port.ts'
import { peerBytes } from '../../src/identity/peer.ts'

export const lies = ['receipts', 'challenges', 'tombstones', 'locators'] as const
export type Lie = (typeof lies)[number]

/** Where it writes down what its lies led to, a line each. */
const { MAILBOX_LIE: lie, MAILBOX_LIE_REPORT: report = '' } = process.env
delete process.env.MAILBOX_LIE
delete process.env.MAILBOX_LIE_REPORT

/** The honest relays it was told to begin with. */
const others: PeerAddress[] = argv.flatMap((text, at) => (argv[at - 1] === '--bootstrap' ? parseRelay(text) : []))
const stranger = generateIdentity()
let lying = false

function note(what: string): void {
  appendFileSync(report, `${what}\n`)
}

type Answer = (network: Libp2pNetwork, bytes: Uint8Array, session: Session, honest: Handler) => Promise<Uint8Array>

/** Receipts for what it has thrown away: with its own name and another's signature, and with the names of the others. */
async function forgeReceipts(record: Record, session: Session): Promise<Receipt[]> {
  const { mailbox, expiresHour } = decodeHeader(record.header)
  const facts = { mailbox, recordId: recordId(record), receivedMs: Date.now(), keepUntilHour: expiresHour }
  const names = [session.localPeer, ...others.map(({ id }) => peerBytes(id))]
  const made = await Promise.all(
    names.map(async name => await signReceipts(name, [facts], async message => await stranger.sign(message)))
  )
  return made.flat()
}

const receipts: Answer = async (_network, bytes, session, honest) => {
  const record = DepositRequest.decode(bytes).deposit?.record
  if (record === undefined) return await honest(bytes, session)
  note('receipts forged')
  const empty = DepositResponse.decode(await honest(DepositRequest.encode({ info: {} }), session))
  return DepositResponse.encode({ ...empty, receipts: await forgeReceipts(record, session) })
}

/** Every other challenge is another relay's, and the owner's answer goes there; then it asks in the owner's name. */
let turn = 0
const borrowed = new WeakSet<Session>()
const challenges: Answer = async (network, bytes, session, honest) => {
  const request = OwnerRequest.decode(bytes)
  const [victim] = others
  if (victim === undefined) return await honest(bytes, session)
  const there = async (question: OwnerRequest): Promise<OwnerResponse> =>
    OwnerResponse.decode(await (await network.channel(victim, protocols.owner)).call(OwnerRequest.encode(question)))
  if (request.challenge !== undefined && ++turn % 2 === 1) {
    const asked = await there({ challenge: {} })
    if (asked.challenge !== undefined) borrowed.add(session)
    return OwnerResponse.encode(asked)
  }
  if (request.auth === undefined || !borrowed.delete(session)) return await honest(bytes, session)
  const told = await there({ auth: request.auth })
  note(`auth ${statusName(told.status)}`)
  // the answer of the others, as it came: the owner tries again
  return OwnerResponse.encode(told)
}

/** Records that came for each mailbox, those of before as well; the newest, as many as one tombstone names. */
const came = new Map<string, Uint8Array[]>()

/** To the others, by repair, that what has come is to go. */
const tombstones: Answer = async (network, bytes, session, honest) => {
  const answer = await honest(bytes, session)
  const record = DepositRequest.decode(bytes).deposit?.record
  if (record === undefined) return answer
  const name = Buffer.from(decodeHeader(record.header).mailbox).toString('hex')
  came.set(name, [recordId(record), ...(came.get(name) ?? [])].slice(0, tombstoneIdsMax))
  if (!lying) return answer
  for (const [of, ids] of came) {
    const mailbox = Buffer.from(of, 'hex') as Uint8Array as typeof stranger.key
    const dropAfterHour = hourOf(Date.now()) + 24
    const value = await createTombstone(stranger, { ids, dropAfterHour, issuedMs: Date.now(), mailbox })
    const give = SyncRequest.encode({ give: { mailbox, items: [{ kind: itemKinds.tombstone, value }] } })
    for (const other of others) {
      const channel = await network.channel(other, protocols.sync)
      note(`GIVE ${statusName(SyncResponse.decode(await channel.call(give)).status)}`)
    }
  }
  return answer
}

/** The first locator of a mailbox that was shown, for ever. Bounded by the mailboxes of an attack. */
const shown = new Map<string, Uint8Array>()
const locators: Answer = async (_network, bytes, session, honest) => {
  const answer = await honest(bytes, session)
  const mailbox = LocatorRequest.decode(bytes).get?.mailbox
  const told = LocatorResponse.decode(answer)
  if (mailbox === undefined || told.locator === undefined) return answer
  const name = Buffer.from(mailbox).toString('hex')
  const first = shown.get(name) ?? told.locator
  shown.set(name, first)
  if (!lying) return answer
  note('locators shown')
  return LocatorResponse.encode({ ...told, locator: first })
}

const lieOf: Readonly<{ [name in Lie]: readonly [Protocol, Answer] }> = {
  receipts: [protocols.deposit, receipts],
  challenges: [protocols.owner, challenges],
  tombstones: [protocols.deposit, tombstones],
  locators: [protocols.locator, locators]
}

const [about, answerOf] = lieOf[lie as Lie]
type Handle = (this: Libp2pNetwork, protocol: Protocol, handler: Handler) => Promise<void>
const handle: Handle = Reflect.get(Libp2pNetwork.prototype, 'handle')
Libp2pNetwork.prototype.handle = async function (protocol: Protocol, handler: Handler): Promise<void> {
  const either: Handler = async (bytes, session) =>
    protocol === about && (lying || lie === 'locators' || lie === 'tombstones')
      ? await answerOf(this, bytes, session, handler)
      : await handler(bytes, session)
  await handle.call(this, protocol, either)
}
process.on('SIGHUP', () => {
  lying = !lying
})
const { run } = await import('../../src/cli/main.ts')
await run()
