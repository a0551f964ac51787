/**
 * mailbox demo: the whole path on this machine, with real processes and real disks, in a directory that is removed at
 * the end. Each step says in one line what was checked; the first check that fails ends it with DEMO.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Command } from 'commander'
import { MailboxError } from '../errors.ts'
import type { Line, RelayProcess } from './cast.ts'
import { Cast, castBits } from './cast.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import type { Given } from './options.ts'
import { addJson } from './options.ts'

const demoDeadlineMs = 180_000
/** A relay's numbers follow its answers within this time. */
const settleMs = 10_000
const pollMs = 100
const fileBytes = 200 * 1024
const words = 'Hello Bob. You were away, and so am I by now.'

interface Stage {
  readonly io: Io
  readonly json: boolean
  readonly cast: Cast
  readonly directory: string
  readonly signal: AbortSignal
  readonly startedMs: number
  step: number
}

function say(stage: Stage, checked: string): void {
  const step = ++stage.step
  const seconds = Number(((Date.now() - stage.startedMs) / 1_000).toFixed(1))
  if (stage.json) printJson(stage.io, { type: 'step', step, seconds, checked })
  else print(stage.io, `${String(step).padStart(2)}  ${seconds.toFixed(1).padStart(5)} s  ${checked}`)
}

function check(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new MailboxError('DEMO', `The check failed: ${otherwise}.`)
}

const short = (text: unknown): string => {
  const whole = String(text)
  return `${whole.slice(0, 8)}…${whole.slice(-6)}`
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const one = (lines: readonly Line[], type: string): Line => {
  const line = lines.find(candidate => candidate.type === type)
  check(line !== undefined, `a command printed no "${type}"`)
  return line
}

async function recordsAt(relay: RelayProcess): Promise<number> {
  const text = await (await fetch(`${relay.admin}/metrics`)).text()
  const found = /^mailbox_records (\d+)$/m.exec(text)
  check(found?.[1] !== undefined, `${relay.name} reports no number of records`)
  return Number(found[1])
}

/** Polls until every relay holds `wanted` records; bounded by `settleMs`. */
async function expectRecords(stage: Stage, relays: readonly RelayProcess[], wanted: number): Promise<void> {
  const end = Date.now() + settleMs
  for (;;) {
    const held = await Promise.all(relays.map(async relay => await recordsAt(relay)))
    if (held.every(records => records === wanted)) return
    check(Date.now() < end, `the relays hold ${held.join(', ')} records, not ${wanted} each`)
    await delay(pollMs, undefined, { signal: stage.signal })
  }
}

async function startRelays(stage: Stage): Promise<RelayProcess[]> {
  const relays: RelayProcess[] = []
  for (const name of ['R1', 'R2', 'R3']) {
    const bootstrap = relays.slice(0, 1).map(relay => relay.address)
    relays.push(await stage.cast.relay(name, join(stage.directory, name), { port: '0', bootstrap }))
  }
  for (const { name, admin } of relays) check((await fetch(`${admin}/health/ready`)).ok, `${name} is not ready`)
  say(stage, `three relays run as processes ${relays.map(relay => relay.pid).join(', ')}: each says ready`)
  return relays
}

const clientArgs = (stage: Stage, name: string, relays: readonly RelayProcess[]): string[] => [
  '--data',
  join(stage.directory, name),
  ...relays.flatMap(relay => ['--bootstrap', relay.address])
]

async function newIdentity(stage: Stage, name: string): Promise<string> {
  return String(
    one(await stage.cast.command(name, ['id', 'new', '--data', join(stage.directory, name)]), 'identity').address
  )
}

async function registerBob(stage: Stage, relays: readonly RelayProcess[]): Promise<string> {
  const bob = await newIdentity(stage, 'bob')
  const registration = one(
    await stage.cast.command('bob', ['register', ...clientArgs(stage, 'bob', relays)]),
    'registration'
  )
  const granted = (registration.relays as Line[]).filter(relay => relay.code === undefined)
  check(
    granted.length === 3 && registration.writeQuorum === 2,
    `${granted.length} relays granted Bob a mailbox, W is ${String(registration.writeQuorum)}`
  )
  say(
    stage,
    `Bob ${short(bob)} opened a mailbox and is gone: 3 of 3 relays granted it for a proof of work of ${castBits} bits (22 unless configured), a message is stored when 2 have it`
  )
  return bob
}

/** Bob hands Alice an invitation: she holds a gate then, and may leave what strangers may not. */
async function inviteAlice(stage: Stage): Promise<string> {
  const data = ['--data', join(stage.directory, 'bob')]
  const { uri } = one(
    await stage.cast.command('bob', ['invite', '--name', 'Bob', '--contact', 'Alice', ...data]),
    'invitation'
  )
  return String(uri)
}

async function sendFromAlice(
  stage: Stage,
  relays: readonly RelayProcess[],
  { bob, uri }: { bob: string; uri: string }
): Promise<{ alice: string; file: Uint8Array; signers: string[] }> {
  const alice = await newIdentity(stage, 'alice')
  const file = new Uint8Array(randomBytes(fileBytes))
  const path = join(stage.directory, 'picture.bin')
  await writeFile(path, file)
  const client = clientArgs(stage, 'alice', relays)
  await stage.cast.command('alice', ['accept', uri, '--data', join(stage.directory, 'alice')])
  const text = one(await stage.cast.command('alice', ['send', ...client, bob, words]), 'sent')
  const signers = stored(text)
  say(
    stage,
    `Alice ${short(alice)} left a text for Bob, who had invited her and is offline: ${signers.length} relays signed that it is on disk`
  )
  const picture = one(await stage.cast.command('alice', ['send', ...client, '--file', path, bob]), 'sent')
  say(
    stage,
    `Alice left a file of ${fileBytes / 1024} KiB and is gone: ${stored(picture).length} relays signed, her processes have exited`
  )
  return { alice, file, signers: signers.filter(signer => stored(picture).includes(signer)) }
}

function stored(sent: Line): string[] {
  const signers = sent.state === 'stored' ? (sent.relays as Line[]).map(receipt => String(receipt.relay)) : []
  check(signers.length >= 2, `the message is ${String(sent.state)} with ${signers.length} receipts`)
  return signers
}

async function collectByBob(
  stage: Stage,
  relays: readonly RelayProcess[],
  wanted: { alice: string; file: Uint8Array }
): Promise<void> {
  const lines = await stage.cast.command('bob', [
    'inbox',
    ...clientArgs(stage, 'bob', relays),
    '--out',
    join(stage.directory, 'mail')
  ])
  const inbox = one(lines, 'inbox')
  const messages = inbox.messages as Line[]
  check(messages.length === 2, `Bob has ${messages.length} messages, not 2`)
  check(
    messages.every(message => message.from === wanted.alice && message.verified === true),
    'a message is not from Alice'
  )
  say(stage, `Bob came back and has both: each opens with his key and carries the signature of ${short(wanted.alice)}`)
  const bodies = await Promise.all(messages.map(async message => new Uint8Array(await readFile(String(message.file)))))
  const sums = bodies.map(sha256)
  check(sums.includes(sha256(new TextEncoder().encode(words))), 'the text is not the one Alice wrote')
  check(sums.includes(sha256(wanted.file)), 'the file is not the one Alice sent')
  check((inbox.pull as Line).complete === true, 'Bob cannot be sure that nothing is missing')
  say(
    stage,
    `the text and the ${fileBytes / 1024} KiB are byte for byte the same (SHA-256 ${sha256(wanted.file).slice(0, 8)}…); 2 of 3 relays suffice to know that nothing is missing`
  )
}

async function play(stage: Stage): Promise<void> {
  const relays = await startRelays(stage)
  const bob = await registerBob(stage, relays)
  const { signers, ...sent } = await sendFromAlice(stage, relays, { bob, uri: await inviteAlice(stage) })

  const victim = relays.find(relay => signers.includes(relay.id))
  check(victim !== undefined, 'no relay signed for both messages')
  check((await victim.end('SIGKILL')) === 'SIGKILL', `${victim.name} did not die by SIGKILL`)
  say(stage, `${victim.name}, which had signed for both, is dead: process ${victim.pid} ended by SIGKILL`)

  await collectByBob(stage, relays, sent)
  const living = relays.filter(relay => relay !== victim)
  await expectRecords(stage, living, 0)
  say(stage, `Bob's client acked: ${living.map(relay => relay.name).join(' and ')} hold 0 records`)

  const port = /\/tcp\/(\d+)/.exec(victim.address)?.[1] ?? '0'
  const back = await stage.cast.relay(victim.name, victim.data, {
    port,
    bootstrap: living.slice(0, 1).map(relay => relay.address)
  })
  check(back.id === victim.id, `${victim.name} came back as another relay`)
  await expectRecords(stage, [back], 2)
  say(stage, `${victim.name} is back with its key and its disk: it still holds the 2 records it had signed for`)

  const looked = one(await stage.cast.command('bob', ['inbox', ...clientArgs(stage, 'bob', relays)]), 'inbox')
  const again = looked.pull as Line
  check(again.received === 0, `Bob got ${String(again.received)} messages a second time`)
  await expectRecords(stage, [...living, back], 0)
  say(stage, "Bob's client finished the ack there: nothing came twice, all three relays hold 0 records")

  const ends = await Promise.all([...living, back].map(async relay => await relay.end('SIGTERM')))
  check(
    ends.every(end => end === 0),
    `the relays ended with ${ends.join(', ')}`
  )
  say(stage, 'SIGTERM: all three relays drained and exited with 0')
}

async function demo(io: Io, given: Given): Promise<void> {
  const over = new AbortController()
  const timer = setTimeout(() => {
    over.abort(new MailboxError('DEMO', `The demo was not over after ${demoDeadlineMs / 1_000} s.`))
  }, demoDeadlineMs)
  const signal = AbortSignal.any([io.signal, over.signal])
  const directory = await mkdtemp(join(tmpdir(), 'mailbox-demo-'))
  const cast = new Cast(io.variables, signal)
  try {
    await play({ io, json: given.json === true, cast, directory, signal, startedMs: Date.now(), step: 0 })
    if (given.json !== true) talk(io, 'Every check held.')
  } catch (error) {
    // a wait that the stop has ended fails with its own error; the reason is the stop's
    throw signal.aborted ? signal.reason : error
  } finally {
    clearTimeout(timer)
    await cast[Symbol.asyncDispose]()
    await rm(directory, { recursive: true, force: true })
  }
}

export function addDemo(program: Command, io: Io): void {
  addJson(
    program
      .command('demo')
      .description('see everything at work on this machine: three relays, a sender, a recipient, a crash')
  ).action(async (given: Given) => {
    await demo(io, given)
  })
}
