/**
 * A relay as the daemon composes it, on a disk, a signature and a network that end the process at a fail point, or on a
 * disk that is not synced. Used as: node relay-process.ts JSON (see `LabRelay`); prints one line when it is ready, as
 * `mailbox relay --json` does.
 */
import { once } from 'node:events'
import { join } from 'node:path'
import { argv, stdout } from 'node:process'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { createLibp2p } from 'libp2p'
import { systemEnvironment } from '../../src/environment.ts'
import { openDirectory, openStore } from '../../src/daemon/directory.ts'
import { createSecret, readSecret } from '../../src/daemon/file.ts'
import { tuneHeap } from '../../src/daemon/heap.ts'
import { join as joinNetwork } from '../../src/daemon/join.ts'
import { createLog } from '../../src/daemon/log.ts'
import { parsePrivateKey } from '../../src/identity/address.ts'
import { generateIdentity, identityFromSeed } from '../../src/identity/keys.ts'
import { knownThrough, privateDht } from '../../src/placement/dht.ts'
import { defaultLimits } from '../../src/relay/options.ts'
import { generousRates } from '../helpers/rates.ts'
import { Relay } from '../../src/relay/relay.ts'
import { Libp2pNetwork, libp2pDefaults } from '../../src/wire/libp2p.ts'
import type { Trap } from './failpoints.ts'
import { FailingDatabase, FailPoints } from './failpoints.ts'

export interface LabRelay {
  readonly data: string
  readonly listen: string
  readonly bootstrap: readonly string[]
  /** False: nothing is synced, as in a program that trusts the page cache. */
  readonly sync: boolean
  readonly trap?: Trap
}

async function main({ data, listen, bootstrap, sync, trap }: LabRelay): Promise<void> {
  tuneHeap()
  const log = createLog({ level: 'warn' })
  const points = new FailPoints(trap)
  const stopping = new AbortController()
  const directory = await openDirectory(data, 'relay')
  const path = join(directory.path, 'relay.key')
  await createSecret(path, `${generateIdentity().toText()}\n`)
  const { seed } = parsePrivateKey((await readSecret(path)) ?? '')
  const database = await openStore(directory)
  const defaults = libp2pDefaults({ listen: [listen] })
  const libp2p = await createLibp2p({
    ...defaults,
    privateKey: await generateKeyPairFromSeed('Ed25519', seed),
    services: { ...defaults.services, dht: privateDht({ clientMode: false }) }
  })
  const network = new Libp2pNetwork(libp2p, log)
  const identity = identityFromSeed(seed)
  const relay = await Relay.start({
    database: new FailingDatabase(database, points, { sync }),
    network,
    responder: points.responder(network),
    self: libp2p.peerId.toMultihash().bytes,
    sign: points.sign(async message => await identity.sign(message)),
    limits: { ...defaultLimits, ...generousRates, registrationBits: 0 },
    env: systemEnvironment,
    log,
    observe: () => undefined,
    closest: knownThrough(libp2p.services.dht, libp2p.peerId)
  })
  const joined = joinNetwork(libp2p, bootstrap, { env: systemEnvironment, log, signal: stopping.signal })
  const addresses = libp2p.getMultiaddrs().map(String)
  stdout.write(`${JSON.stringify({ type: 'relay', id: libp2p.peerId.toString(), addresses })}\n`)
  await once(process, 'SIGTERM')
  stopping.abort()
  await joined
  await relay.stop()
  points.reached('stop:closing')
  await network.stop()
  await libp2p.stop()
  await database.close()
}

await main(JSON.parse(argv[2] ?? '') as LabRelay)
