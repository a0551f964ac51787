/**
 * Issue 4, Must show 3: each state that a sender can be told, reached with relay processes; and the sender's process
 * killed in it, which goes on where it was. Tests of one state run in order.
 */
import assert from 'node:assert/strict'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MemoryLevel } from 'memory-level'
import { Mailbox } from '../../src/client/mailbox.ts'
import type { OutboxEntry, OutboxEvent } from '../../src/client/outbox.ts'
import { Owner } from '../../src/client/owner.ts'
import { hourOf, msPerHour, systemEnvironment } from '../../src/environment.ts'
import { openBundle, signBundle } from '../../src/identity/bundle.ts'
import { generateIdentity, type PrivateIdentity } from '../../src/identity/keys.ts'
import { quotaRetryMs } from '../../src/limits.ts'
import { DepositRequest, DepositResponse } from '../../src/wire/messages.js'
import { protocols } from '../../src/wire/port.ts'
import { RawPeer } from '../helpers/raw.ts'
import type { Command, Look, Settings, Word } from '../helpers/sending-app.ts'
import { Testnet } from '../helpers/testnet.ts'
import { openToAll } from '../helpers/lanes.ts'

const script = fileURLToPath(new URL('../helpers/sending-app.ts', import.meta.url))
const waitMs = 30_000

// a mailbox is full with one record, and what was collected makes room
const net = await Testnet.start(3, { flags: ['--strangers-records-max', '1'] })
const [first, ...others] = net.relays
assert.ok(first !== undefined)
const bootstrap = others.map(({ address }) => address)

async function recipient(identity: PrivateIdentity, relays: readonly string[]): Promise<Mailbox> {
  const mailbox = await Mailbox.open({
    identity,
    store: new MemoryLevel(),
    bootstrap,
    strangers: 'inbox',
    strangersLane: openToAll
  })
  after(async () => {
    await mailbox.close()
  })
  await mailbox.register(relays.length === 0 ? { standby: 0 } : { relays, active: relays.length, standby: 0 })
  return mailbox
}

/** On the first relay alone, which is the one that is stopped and killed. */
const bob = await recipient(generateIdentity(), [first.address])

const receivedBy = async (mailbox: Mailbox): Promise<number> => (await mailbox.inbox.pull()).received

/** The sending application, which is started again on its store after it was killed. */
class Sender {
  readonly #settings: Omit<Settings, 'aheadMs'>
  #process: ChildProcess | undefined
  /** What it has said since it was started; bounded by the test. */
  #words: Word[] = []

  constructor(name: string) {
    this.#settings = { key: generateIdentity().toText(), store: net.path(name), bootstrap }
    after(async () => {
      await this.kill()
    })
  }

  start(aheadMs: number = 0): void {
    this.#words = []
    const settings: Settings = { ...this.#settings, aheadMs }
    this.#process = fork(script, [JSON.stringify(settings)], { execArgv: ['--disable-warning=ExperimentalWarning'] })
    this.#process.on('message', word => this.#words.push(word as Word))
  }

  async kill(): Promise<void> {
    const running = this.#process
    this.#process = undefined
    if (running === undefined) return
    const ended = once(running, 'exit')
    running.kill('SIGKILL')
    await ended
  }

  tell(command: Command): void {
    this.#process?.send(command)
  }

  /** @returns the id that `send` gave */
  async send(to: Mailbox | PrivateIdentity, o: { ttlHours?: number } = {}): Promise<string> {
    this.tell({ type: 'send', to: to.address, ...o })
    return await this.#heard(word => (word.type === 'sent' ? word.id : undefined))
  }

  async look(id: string): Promise<Look> {
    this.#words = this.#words.filter(({ type }) => type !== 'look')
    this.tell({ type: 'look', id })
    return await this.#heard(word => (word.type === 'look' ? word.look : undefined))
  }

  /** The first change of a message to a state; after a start that is what it was when the process was killed. */
  async state(state: OutboxEntry['state']): Promise<OutboxEntry> {
    return await this.#event(event => (event.type === 'state' && event.entry.state === state ? event.entry : undefined))
  }

  /** @returns the entry that it tells of first */
  async resumed(): Promise<OutboxEntry> {
    return await this.#event(event => (event.type === 'state' ? event.entry : undefined))
  }

  /** @returns its record id */
  async stored(): Promise<string> {
    return await this.#event(event => (event.type === 'stored' ? event.id : undefined))
  }

  async #event<T>(find: (event: OutboxEvent) => T | undefined): Promise<T> {
    return await this.#heard(word => (word.type === 'event' ? find(word.event) : undefined))
  }

  async #heard<T>(find: (word: Word) => T | undefined): Promise<T> {
    const signal = AbortSignal.timeout(waitMs)
    assert.ok(this.#process !== undefined)
    for (let at = 0; ; at++) {
      while (at >= this.#words.length) await once(this.#process, 'message', { signal })
      const word = this.#words[at]
      const found = word === undefined ? undefined : find(word)
      if (found !== undefined) return found
    }
  }
}

describe('stored', () => {
  const sender = new Sender('stored')
  let id = ''

  test('stored: a message is in the sentbox with its receipts, and which relay signed when', async () => {
    const carol = await recipient(generateIdentity(), [])
    sender.start()
    const given = await sender.send(carol)
    id = await sender.stored()
    const { entry, receipts, history, sentText } = await sender.look(given)
    assert.deepEqual([entry, receipts?.id, sentText], [undefined, id, 'hello'])
    const signers = history.flatMap(({ receipt }) => receipt?.relay ?? [])
    assert.ok(signers.length >= 2 && receipts !== undefined)
    assert.deepEqual(signers.toSorted(), receipts.relays.map(({ relay }) => relay).toSorted())
  })

  test('stored: a sender killed then has it in the sentbox, with its history, and sends nothing again', async () => {
    const before = await sender.look(id)
    await sender.kill()
    sender.start()
    assert.deepEqual(await sender.look(id), before)
  })
})

describe('no-mailbox', () => {
  const sender = new Sender('no-mailbox')
  const dave = generateIdentity()
  let handle = ''

  test('no-mailbox: a message to somebody who has not come yet waits, with the time of the next attempt', async () => {
    sender.start()
    handle = await sender.send(dave)
    const { nextMs, lastError, mayArrive } = await sender.state('no-mailbox')
    assert.deepEqual([lastError?.code, mayArrive, handle.length], ['NO_MAILBOX', false, 32])
    assert.ok(nextMs !== undefined && nextMs > Date.now() - 1_000)
  })

  test('no-mailbox: a sender killed then waits on, and the message is stored once the recipient has come', async () => {
    await sender.kill()
    sender.start()
    const { id, state, attempts } = await sender.resumed()
    assert.deepEqual([id, state], [handle, 'no-mailbox'])
    assert.ok(attempts >= 1)
    const mailbox = await recipient(dave, [])
    const recordId = await sender.stored()
    assert.equal((await sender.look(handle)).receipts?.id, recordId)
    assert.equal(await receivedBy(mailbox), 1)
  })
})

describe('full', () => {
  const sender = new Sender('full')
  let second = ''

  test('full: a message to a mailbox without room waits until the time that the relay has named', async () => {
    sender.start()
    await sender.send(bob)
    await sender.stored()
    const sentMs = Date.now()
    sender.tell({ type: 'send', to: bob.address })
    const { id, nextMs, lastError } = await sender.state('full')
    second = id
    assert.equal(lastError?.code, 'QUOTA')
    assert.ok(nextMs !== undefined && nextMs >= sentMs + quotaRetryMs)
  })

  test('full: a sender killed then waits on, and its message is stored once there is room', async () => {
    await sender.kill()
    sender.start()
    const { id, state, nextMs } = await sender.resumed()
    assert.deepEqual([id, state], [second, 'full'])
    assert.ok(nextMs !== undefined && nextMs > Date.now())
    assert.equal(await receivedBy(bob), 1)
    sender.tell({ type: 'retry', id })
    assert.equal(await sender.stored(), second)
    assert.equal(await receivedBy(bob), 1)
  })
})

describe('unknown', () => {
  const sender = new Sender('unknown')
  let second = ''
  let held = 0

  test('G11, unknown: a relay that was asked and does not answer may have the message', async () => {
    sender.start()
    await sender.send(bob)
    await sender.stored()
    assert.equal(await receivedBy(bob), 1)
    held = await net.metric(0, 'mailbox_records')
    process.kill(first.pid, 'SIGSTOP')
    sender.tell({ type: 'send', to: bob.address })
    const { id, lastError, mayArrive } = await sender.state('unknown')
    second = id
    assert.deepEqual([lastError?.code, mayArrive], ['UNKNOWN', true])
  })

  test('G6, G11, unknown: a sender killed then sends the identical record again, and it arrives once', async () => {
    await sender.kill()
    sender.start()
    const { id, state, mayArrive } = await sender.resumed()
    assert.deepEqual([id, state, mayArrive], [second, 'unknown', true])
    process.kill(first.pid, 'SIGCONT')
    assert.equal(await sender.stored(), second)
    assert.equal(await net.metric(0, 'mailbox_records'), held + 1)
    assert.equal(await receivedBy(bob), 1)
  })
})

describe('failed', () => {
  const sender = new Sender('failed')
  const eve = generateIdentity()
  let failed: OutboxEntry | undefined

  test('failed: a message that its recipient does not take ends with the code of the refusal', async () => {
    await recipient(eve, [first.address])
    await closeToStrangers(eve)
    sender.start()
    sender.tell({ type: 'send', to: eve.address })
    failed = await sender.state('failed')
    assert.deepEqual([failed.lastError?.code, failed.nextMs], ['POLICY', undefined])
    const { ended, history } = await sender.look(failed.id)
    // its owner's word was enough: no relay was asked to take the record
    assert.deepEqual([ended, history.at(-1)?.code, history.at(-1)?.relay], ['POLICY', 'POLICY', undefined])
  })

  test('failed: a sender killed then lists it as it was, and tries no more', async () => {
    await sender.kill()
    sender.start()
    assert.deepEqual(await sender.resumed(), failed)
    assert.equal((await sender.look(failed?.id ?? '')).ended, 'POLICY')
  })
})

describe('queued and expired', () => {
  const early = new Sender('queued')
  const late = new Sender('expired')
  const hours = 2
  let handle = ''
  let expired: OutboxEntry | undefined

  test('queued: a message that no relay of the mailbox can take waits, with the time of the next attempt', async () => {
    await net.kill(0)
    early.start()
    handle = await early.send(bob)
    const { entry } = await early.look(handle)
    assert.deepEqual([entry?.id, entry?.state, entry?.lastError?.code], [handle, 'queued', 'NO_RELAY'])
    const nextMs = entry?.nextMs
    assert.ok(nextMs !== undefined && nextMs > Date.now() - 1_000)
  })

  test('expired: a message whose time to live ends before it is stored says so, and is not tried again', async () => {
    late.start()
    await late.send(bob, { ttlHours: 1 })
    late.tell({ type: 'ahead', ms: hours * msPerHour })
    expired = await late.state('expired')
    assert.deepEqual([expired.lastError?.code, expired.nextMs], ['EXPIRED', undefined])
  })

  test('queued: a sender killed then stores the message once its relay is back', async () => {
    await early.kill()
    early.start()
    const { id, state } = await early.resumed()
    assert.deepEqual([id, state], [handle, 'queued'])
    await net.restart(0)
    const recordId = await early.stored()
    assert.equal((await early.look(handle)).receipts?.id, recordId)
    assert.equal(await receivedBy(bob), 1)
  })

  test('expired: a sender killed then lists it as it was, and sends nothing although its relay is back', async () => {
    await late.kill()
    late.start(hours * msPerHour)
    assert.deepEqual(await late.resumed(), expired)
    assert.equal((await late.look(expired?.id ?? '')).ended, 'EXPIRED')
    assert.equal(await receivedBy(bob), 0)
  })
})

/** The owner's word, which this client has no call for yet, given to the first relay. */
async function closeToStrangers(identity: PrivateIdentity): Promise<void> {
  const peer = await RawPeer.start()
  try {
    const relay = { id: first?.id ?? '', addresses: [first?.address ?? ''] }
    const channel = await peer.network.channel(relay, protocols.deposit)
    const info = DepositRequest.encode({ info: { mailbox: identity.key } })
    const { locator, bundle } = DepositResponse.decode(await channel.call(info))
    assert.ok(locator !== undefined && bundle !== undefined)
    const open = await openBundle(bundle, { mailbox: identity.key, nowHour: hourOf(Date.now()) })
    const closed = await signBundle(identity, { ...open, seq: open.seq + 1, strangers: 'closed' })
    const owner = new Owner({ network: peer.network, identity, env: systemEnvironment })
    await owner.call(relay, { register: { locator, bundle: closed.bytes } })
  } finally {
    await peer.stop()
  }
}
