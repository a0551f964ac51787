/**
 * G10, the bound of SPEC §5.6: a relay process is made to hold all that its peers can make it hold, by requests that
 * never end and by answers that nobody reads, and its resident memory stays under what it was told.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { concat } from 'uint8arrays'
import { statusName } from '../../src/errors.ts'
import { parseAddress } from '../../src/identity/address.ts'
import { frameBytesMax, streamsPerPeerMax } from '../../src/limits.ts'
import { encodeFrame } from '../../src/wire/frame.ts'
import { memoryBytesMin, remoteBytesOf } from '../../src/wire/memory.ts'
import { DepositRequest, DepositResponse } from '../../src/wire/messages.js'
import { protocols, type Protocol } from '../../src/wire/port.ts'
import { RawPeer } from '../helpers/raw.ts'
import { Testnet, until } from '../helpers/testnet.ts'

const memoryBytesMax = memoryBytesMin
const net = await Testnet.start(1, { flags: ['--memory-bytes-max', String(memoryBytesMax)] })
const { id, address, pid } = net.relay(0)
const honest = await RawPeer.start()
after(async () => honest.stop())

/** The most that the process ever had in memory, bytes. */
function peakBytes(): number {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  assert.ok(found?.[1] !== undefined)
  return Number(found[1]) * 1_024
}

async function isServed(): Promise<boolean> {
  const channel = await honest.network.channel({ id, addresses: [address] }, protocols.deposit)
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
      const opened = await peer.open(address, protocol).catch(() => undefined)
      opened?.stream.pause()
      write(bytes => {
        if (opened?.stream.writeStatus === 'writable') opened.write(bytes)
      })
    }
  }
  return peer
}

const peers = 16

function assertBounded(diagnostic: (message: string) => void): void {
  const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`
  diagnostic(`resident at most ${mebibytes(peakBytes())}, bound ${mebibytes(memoryBytesMax)}`)
  assert.ok(peakBytes() < memoryBytesMax, `${peakBytes()} bytes`)
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
      assert.ok(await isServed())
    }
    await until(async () => {
      assert.ok(await isServed())
      return occupied.some(({ node }) => node.getConnections().length === 0)
    }, 'a peer was cut')
  } finally {
    await Promise.all(occupied.map(async peer => peer.stop()))
  }
  assertBounded(message => {
    t.diagnostic(message)
  })
})

test('G10: answers that nobody reads do not take a relay over its memory, and it serves others', async t => {
  const bob = await net.person('bob')
  await net.run('bob', 'register', '--active', '1', '--standby', '0')
  // a locator and a bundle come with each answer: some kilobytes for a question of forty bytes
  const mailbox = parseAddress(bob.address)
  const question = encodeFrame(1, DepositRequest.encode({ info: { mailbox } }))
  const questions = concat(Array.from({ length: 2_000 }, () => question))
  const occupied: RawPeer[] = []
  try {
    for (let n = 0; n < peers / 4; n++) {
      occupied.push(
        await occupy(send => {
          send(questions)
        })
      )
      assert.ok(await isServed())
    }
    await until(async () => {
      assert.ok(await isServed())
      const open = occupied.flatMap(({ node }) => node.getConnections().flatMap(({ streams }) => streams))
      return !open.some(({ protocol }) => protocol === protocols.deposit)
    }, 'every stream on which nothing was read was ended')
  } finally {
    await Promise.all(occupied.map(async peer => peer.stop()))
  }
  assertBounded(message => {
    t.diagnostic(message)
  })
})
