/** Who relays think is asking: what an owner sends and what it authenticates as have different peer ids (SPEC §7). */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { createLibp2p } from 'libp2p'
import { MemoryLevel } from 'memory-level'
import { Mailbox } from '../../src/client/mailbox.ts'
import { silent, systemEnvironment } from '../../src/environment.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { peerText } from '../../src/identity/peer.ts'
import { privateDht } from '../../src/placement/dht.ts'
import { defaultLimits } from '../../src/relay/options.ts'
import { Relay } from '../../src/relay/relay.ts'
import { libp2pDefaults, Libp2pNetwork } from '../../src/wire/libp2p.ts'
import { DepositRequest, LocatorRequest, OwnerRequest } from '../../src/wire/messages.js'
import { protocols, type Protocol } from '../../src/wire/port.ts'
import { peerIdOf } from '../helpers/fake-relay.ts'

/** Peer ids by what they asked. */
const askers = { owner: new Set<string>(), deposit: new Set<string>(), info: new Set<string>(), get: new Set<string>() }
const stops: Array<() => Promise<void>> = []
const bootstrap: string[] = []
const dir = mkdtempSync(join(tmpdir(), 'mailbox-key-'))

function note(protocol: Protocol, request: Uint8Array, peer: string): void {
  if (protocol === protocols.owner && OwnerRequest.decode(request).auth !== undefined) askers.owner.add(peer)
  if (protocol === protocols.locator && LocatorRequest.decode(request).get !== undefined) askers.get.add(peer)
  if (protocol !== protocols.deposit) return
  const { deposit, info } = DepositRequest.decode(request)
  if (deposit !== undefined) askers.deposit.add(peer)
  // about a mailbox, not about the relay
  if ((info?.mailbox?.length ?? 0) > 0) askers.info.add(peer)
}

/** A real relay on a socket of its own that says who asked it. */
async function relay(): Promise<void> {
  const identity = generateIdentity()
  const defaults = libp2pDefaults({ listen: ['/ip4/127.0.0.1/tcp/0'] })
  const libp2p = await createLibp2p({
    ...defaults,
    privateKey: await generateKeyPairFromSeed('Ed25519', identity.seed),
    services: { ...defaults.services, dht: privateDht({ clientMode: false }) }
  })
  const network = new Libp2pNetwork(libp2p, silent)
  const started = await Relay.start({
    database: new MemoryLevel(),
    network,
    responder: {
      handle: async (protocol, handler) => {
        await network.handle(protocol, async (request, session) => {
          note(protocol, request, peerText(session.remotePeer))
          return await handler(request, session)
        })
      },
      unhandle: async protocol => {
        await network.unhandle(protocol)
      }
    },
    self: peerIdOf(identity),
    sign: async message => await identity.sign(message),
    limits: { ...defaultLimits, registrationBits: 0 },
    env: systemEnvironment,
    log: silent,
    observe: () => undefined
  })
  bootstrap.push(...libp2p.getMultiaddrs().map(String))
  stops.push(async () => {
    await started.stop()
    await network.stop()
    await libp2p.stop()
  })
}

before(async () => {
  await relay()
})
after(async () => {
  for (const stop of stops) await stop()
  rmSync(dir, { recursive: true })
})

const forget = (): void => {
  for (const peers of Object.values(askers)) peers.clear()
}
const outward = (): Set<string> => new Set([...askers.deposit, ...askers.info, ...askers.get])

test('the peer id that authenticates never deposits, asks for keys of others or looks for them', async () => {
  forget()
  const open = async (): Promise<Mailbox> =>
    await Mailbox.open({
      identity: generateIdentity(),
      store: new MemoryLevel(),
      bootstrap,
      strangers: 'inbox',
      strangersLane: { policy: 'open' }
    })
  await using bob = await open()
  await bob.register({ active: 1, standby: 0 })
  await using alice = await open()
  await alice.register({ active: 1, standby: 0 })
  askers.get.clear()
  assert.equal((await alice.send(bob.address, 'one')).state, 'stored')
  await bob.inbox.pull()
  assert.equal((await bob.send(alice.address, 'two')).state, 'stored')
  await alice.inbox.pull()
  assert.equal(askers.owner.size, 2)
  assert.equal(askers.deposit.size, 2)
  assert.ok(askers.info.size > 0 && askers.get.size > 0)
  assert.deepEqual(
    [...outward()].filter(peer => askers.owner.has(peer)),
    []
  )
})

test('so it is with the command line, and two commands that send have different peer ids', async () => {
  await using bob = await Mailbox.open({
    identity: generateIdentity(),
    store: new MemoryLevel(),
    bootstrap,
    strangers: 'inbox',
    strangersLane: { policy: 'open' }
  })
  await bob.register({ active: 1, standby: 0 })
  const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
  const mailbox = async (...words: string[]): Promise<void> => {
    const env = { PATH: process.env['PATH'], MAILBOX_DATA: dir, MAILBOX_BOOTSTRAP: bootstrap.join() }
    await promisify(execFile)(process.execPath, [main, ...words], { env })
  }
  await mailbox('id', 'new')
  await mailbox('register', '--active', '1', '--standby', '0')
  forget()
  await mailbox('send', bob.address, 'one')
  await mailbox('inbox', 'list')
  assert.equal(askers.deposit.size, 1)
  await mailbox('send', bob.address, 'two')
  await mailbox('register', '--active', '1', '--standby', '0')
  assert.equal(askers.deposit.size, 2)
  assert.ok(askers.owner.size > 0)
  assert.deepEqual(
    [...askers.deposit, ...askers.info].filter(peer => askers.owner.has(peer)),
    []
  )
})
