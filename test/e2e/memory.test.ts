/**
 * G10, the bound of SPEC §5.6: a relay process is made to hold all that its peers can make it hold, by connections that
 * do nothing, by requests that never end and by answers that nobody reads, and its resident memory stays under what it
 * was told.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test, type TestContext } from 'node:test'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { MemoryLevel } from 'memory-level'
import { concat } from 'uint8arrays'
import type { RelayProcess } from '../../src/cli/cast.ts'
import { Mailbox } from '../../src/client/mailbox.ts'
import { hourOf, systemEnvironment } from '../../src/environment.ts'
import { statusName } from '../../src/errors.ts'
import { parseAddress } from '../../src/identity/address.ts'
import { generateIdentity, type PrivateIdentity } from '../../src/identity/keys.ts'
import { createOwnerAuth, scopes } from '../../src/identity/ownerauth.ts'
import { peerBytes } from '../../src/identity/peer.ts'
import { bodyBytesMax, connectionCostBytes, frameBytesMax, streamsPerPeerMax } from '../../src/limits.ts'
import { encodeFrame } from '../../src/wire/frame.ts'
import { memoryBytesMin, remoteBytesOf } from '../../src/wire/memory.ts'
import { DepositRequest, DepositResponse, OwnerRequest, OwnerResponse } from '../../src/wire/messages.js'
import { protocols, type Protocol } from '../../src/wire/port.ts'
import { boundTo } from '../helpers/bound.ts'
import { openToAll } from '../helpers/lanes.ts'
import { RawPeer, type RawStream } from '../helpers/raw.ts'
import { Testnet, until } from '../helpers/testnet.ts'

const memoryBytesMax = memoryBytesMin
/** What the process had at most is not forgotten: requests come to the first relay, connections and pages to the second. */
const net = await Testnet.start(2, { flags: ['--memory-bytes-max', String(memoryBytesMax)] })
const [first, second] = [net.relay(0), net.relay(1)]
const honest = await RawPeer.start()
after(async () => honest.stop())

/** The most that the process ever had in memory, bytes. */
function peakBytes({ pid }: RelayProcess): number {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  assert.ok(found?.[1] !== undefined)
  return Number(found[1]) * 1_024
}

async function isServed(at: RelayProcess, by: RawPeer = honest): Promise<boolean> {
  const channel = await by.network.channel({ id: at.id, addresses: [at.address] }, protocols.deposit)
  return statusName(DepositResponse.decode(await channel.call(DepositRequest.encode({ info: {} }))).status) === 'OK'
}

/** A peer with as many streams as it may have, on each of which `write` was called; what is ended meanwhile is ended. */
async function occupy(
  write: (send: (bytes: Uint8Array) => void) => void,
  spoken: readonly Protocol[] = Object.values(protocols)
): Promise<RawPeer> {
  const peer = await RawPeer.start()
  for (const protocol of spoken) {
    for (let n = 0; n < streamsPerPeerMax; n++) {
      const opened = await peer.open(first.address, protocol).catch(() => undefined)
      opened?.stream.pause()
      write(bytes => {
        if (opened?.stream.writeStatus === 'writable') opened.write(bytes)
      })
    }
  }
  return peer
}

const peers = 16

function assertBounded(relay: RelayProcess, t: TestContext): void {
  const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`
  const peak = peakBytes(relay)
  t.diagnostic(`resident at most ${mebibytes(peak)}, bound ${mebibytes(memoryBytesMax)}`)
  assert.ok(peak < memoryBytesMax, `${peak} bytes`)
}

test('G10: requests that never end do not take a relay over its memory, and it serves others', async t => {
  const slow = encodeFrame(1, new Uint8Array(frameBytesMax)).subarray(0, -1)
  const wanted = peers * 4 * streamsPerPeerMax * slow.byteLength
  assert.ok(wanted > 2 * remoteBytesOf(memoryBytesMax), `${wanted} bytes would have to fit`)
  const occupied: RawPeer[] = []
  try {
    for (let n = 0; n < peers / 4; n++) {
      occupied.push(
        await occupy(send => {
          send(slow)
        })
      )
      assert.ok(await isServed(first))
    }
    await until(async () => {
      assert.ok(await isServed(first))
      return occupied.some(({ node }) => node.getConnections().length === 0)
    }, 'a peer was cut')
  } finally {
    await Promise.all(occupied.map(async peer => peer.stop()))
  }
  assertBounded(first, t)
})

test('G10: answers that nobody reads do not take a relay over its memory, and it serves others', async t => {
  const bob = await net.person('bob')
  await net.run('bob', 'register', '--relay', first.address, '--active', '1', '--standby', '0')
  // a locator and a bundle come with each answer: some kilobytes for a question of forty bytes
  const mailbox = parseAddress(bob.address)
  const question = encodeFrame(1, DepositRequest.encode({ info: { mailbox } }))
  const questions = concat(Array.from({ length: 600 }, () => question))
  const occupied: RawPeer[] = []
  try {
    for (let n = 0; n < peers / 4; n++) {
      occupied.push(
        await occupy(send => {
          send(questions)
        })
      )
      assert.ok(await isServed(first))
    }
    await until(async () => {
      assert.ok(await isServed(first))
      const open = occupied.flatMap(({ node }) => node.getConnections().flatMap(({ streams }) => streams))
      return !open.some(({ protocol }) => protocol === protocols.deposit)
    }, 'every stream on which nothing was read was ended')
  } finally {
    await Promise.all(occupied.map(async peer => peer.stop()))
  }
  assertBounded(first, t)
})

test('G10: connections that do nothing do not take a relay over its memory, and a newcomer is served', async t => {
  const groups = 14
  const ofEach = 64
  const wanted = groups * ofEach * connectionCostBytes
  assert.ok(wanted > remoteBytesOf(memoryBytesMax), `${wanted} bytes would have to fit`)
  const nodes = await Promise.all(
    Array.from({ length: groups }, async (_, n) => await createLibp2p(boundTo(`127.11.${n}.1`)))
  )
  const newcomer = await RawPeer.start()
  try {
    for (const node of nodes)
      for (let n = 0; n < ofEach; n++)
        await node.dial(multiaddr(second.address), { force: true }).catch(() => undefined)
    assert.ok(await isServed(second, newcomer))
    assert.ok(await isServed(second))
    const open = await net.metric(1, 'mailbox_connections')
    t.diagnostic(`${open} connections`)
    assert.ok(open > 400 && open * connectionCostBytes <= remoteBytesOf(memoryBytesMax), `${open} connections`)
  } finally {
    await Promise.all([newcomer.stop(), ...nodes.map(async node => node.stop())])
  }
  assertBounded(second, t)
})

/** A mailbox on the relay that holds one message as large as there are. */
async function mailboxWithMail(): Promise<PrivateIdentity> {
  const identity = generateIdentity()
  const opened = async (of: PrivateIdentity): Promise<Mailbox> =>
    await Mailbox.open({
      identity: of,
      store: new MemoryLevel<string, Uint8Array>({ keyEncoding: 'utf8', valueEncoding: 'view' }),
      network: honest.network,
      closest: async () => await Promise.resolve([{ id: second.id, addresses: [second.address] }]),
      strangersLane: openToAll
    })
  await using owner = await opened(identity)
  await owner.register({ active: 1, standby: 0 })
  await using sender = await opened(generateIdentity())
  const sent = await sender.send(owner.address, new Uint8Array(bodyBytesMax))
  await sent.stored()
  return identity
}

/** A stream on which the peer has proved that it owns the mailbox. */
async function provedStream(peer: RawPeer, identity: PrivateIdentity): Promise<RawStream> {
  const opened = await peer.open(second.address, protocols.owner)
  const ask = async (at: number, request: OwnerRequest): Promise<OwnerResponse> =>
    OwnerResponse.decode(await opened.ask(at, OwnerRequest.encode(request)))
  const { challenge } = await ask(1, { challenge: {} })
  assert.ok(challenge !== undefined)
  const ends = { relay: peerBytes(second.id), client: peer.id, nonce: challenge.nonce, mailbox: identity.key }
  const expiresHour = hourOf(systemEnvironment.now()) + 1
  const { status } = await ask(2, {
    auth: await createOwnerAuth(identity, { ...ends, scopes: scopes.pull, expiresHour })
  })
  assert.equal(statusName(status), 'OK')
  return opened
}

test('G10: pages of mail that their owner does not read do not take a relay over its memory, and it serves others', async t => {
  const identity = await mailboxWithMail()
  const pullsOfEach = 32
  const pull = OwnerRequest.encode({ pull: { mailbox: identity.key, recordsMax: 1, bytesMax: 0 } })
  const pulls = concat(Array.from({ length: pullsOfEach }, (_, n) => encodeFrame(3 + n, pull)))
  const wanted = peers * streamsPerPeerMax * pullsOfEach * bodyBytesMax
  assert.ok(wanted > 10 * remoteBytesOf(memoryBytesMax), `${wanted} bytes would have to fit`)
  const owners: RawPeer[] = []
  try {
    const opened: RawStream[] = []
    for (let n = 0; n < peers; n++) {
      const owner = await RawPeer.start()
      owners.push(owner)
      for (let m = 0; m < streamsPerPeerMax; m++) opened.push(await provedStream(owner, identity))
    }
    for (const { stream } of opened) {
      stream.pause()
      if (stream.writeStatus === 'writable') stream.send(pulls)
      assert.ok(await isServed(second))
    }
    await until(async () => {
      assert.ok(await isServed(second))
      return opened.some(({ stream }) => stream.status !== 'open')
    }, 'a stream on which nothing was read was ended')
  } finally {
    await Promise.all(owners.map(async owner => owner.stop()))
  }
  assertBounded(second, t)
})
