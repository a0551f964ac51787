/** Relays as a system to measure: their processes, senders that check every receipt, owners that pull and tombstone. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLibp2p } from 'libp2p'
import { equals } from 'uint8arrays'
import { Owner as OwnerCalls } from '../../src/client/owner.ts'
import { hourOf, silent, systemEnvironment } from '../../src/environment.ts'
import { Status } from '../../src/errors.ts'
import { signBundle } from '../../src/identity/bundle.ts'
import { signLocator } from '../../src/identity/locator.ts'
import { ReceiptVerifier } from '../../src/identity/receipt.ts'
import { recordId } from '../../src/identity/record.ts'
import { createTombstone } from '../../src/identity/tombstone.ts'
import {
  bundleValidHours,
  clockSkewHours,
  ladderBytes,
  locatorValidHours,
  pullBytesMax,
  pullRecordsMax,
  tombstoneIdsMax,
  ttlHoursMax
} from '../../src/limits.ts'
import { Libp2pNetwork, libp2pDefaults } from '../../src/wire/libp2p.ts'
import { DepositRequest, DepositResponse, StoredRecord, type Page } from '../../src/wire/messages.js'
import { protocols, type Channel, type PeerAddress } from '../../src/wire/port.ts'
import type { Cargo, Owner } from './cargo.ts'
import { end, serve, type Served } from './proc.ts'
import type { Collector, Sender, System } from './system.ts'

const script = fileURLToPath(new URL('relay-process.ts', import.meta.url))

export interface RelaysInit {
  readonly cargo: Cargo
  /** Active relays of every mailbox. */
  readonly relays: number
  /** Arguments for node in the relay processes, such as --cpu-prof. */
  readonly nodeArgs?: readonly string[]
  /** Program of a relay process, when it is another than relay-process.ts. */
  readonly script?: string
}

interface Client {
  readonly network: Libp2pNetwork
  readonly close: () => Promise<void>
}

export class Relays implements System {
  readonly #init: RelaysInit
  readonly #verifier = new ReceiptVerifier()
  #root = ''
  #served: Served[] = []
  #peers: PeerAddress[] = []

  constructor(init: RelaysInit) {
    this.#init = init
  }

  get pids(): number[] {
    return this.#served.map(({ pid }) => pid)
  }

  get directories(): string[] {
    return Array.from({ length: this.#init.relays }, (_, n) => join(this.#root, `relay-${n}`))
  }

  /** W: a majority of the active relays. */
  get #quorum(): number {
    return Math.floor(this.#init.relays / 2) + 1
  }

  async start(root: string): Promise<void> {
    this.#root = root
    await this.#launch()
    const clients = await Promise.all(Array.from({ length: 8 }, connect))
    await Promise.all(
      clients.map(async ({ network, close }, n) => {
        for (let i = n; i < this.#init.cargo.owners.length; i += clients.length) {
          await this.#register(network, this.#init.cargo.owners[i]!)
        }
        await close()
      })
    )
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.#launch()
  }

  async stop(): Promise<void> {
    await Promise.all(this.#served.map(end))
    this.#served = []
  }

  /** Senders spread over the relays: each relay coordinates for a share of the messages. */
  async sender(n: number): Promise<Sender> {
    const { network, close } = await connect()
    const channel = await network.channel(this.#peers[n % this.#peers.length]!, protocols.deposit)
    return { deposit: async i => this.#deposit(channel, i), close }
  }

  async collector(): Promise<Collector> {
    const { network, close } = await connect()
    return { drain: async mailbox => await this.#drain(network, this.#init.cargo.owners[mailbox]!), close }
  }

  async #launch(): Promise<void> {
    this.#served = await Promise.all(
      this.directories.map(async directory => serve(this.#init.script ?? script, [directory], this.#init.nodeArgs))
    )
    this.#peers = this.#served.map(({ firstLine }) => JSON.parse(firstLine) as PeerAddress)
  }

  async #register(network: Libp2pNetwork, { identity, prekey }: Owner): Promise<void> {
    const nowHour = hourOf(Date.now())
    const bundle = await signBundle(identity, {
      seq: 1,
      issuedHour: nowHour,
      validUntilHour: nowHour + bundleValidHours,
      keys: [prekey],
      strangers: 'open',
      classBytesMax: ladderBytes.at(-1)!,
      ttlHoursMax,
      powBits: 0,
      strangersClassBytesMax: ladderBytes.at(-1)!,
      strangersTtlHoursMax: ttlHoursMax,
      gates: []
    })
    const locator = await signLocator(identity, {
      seq: 1,
      issuedHour: nowHour,
      validUntilHour: nowHour + locatorValidHours,
      relays: this.#peers.map(peer => ({ ...peer, role: 'active' })),
      writeQuorum: this.#quorum,
      bundleMinSeq: 1,
      closed: false
    })
    const calls = new OwnerCalls({ network, identity, env: systemEnvironment })
    for (const peer of this.#peers) {
      await calls.call(peer, { register: { locator: locator.bytes, bundle: bundle.bytes } })
    }
  }

  /** One verifier for all senders, as they are one process: a root that two senders hold is checked once. */
  async #deposit(channel: Channel, i: number): Promise<void> {
    const { record, id } = await this.#init.cargo.sealed(i)
    const request = DepositRequest.encode({ deposit: { record, fanOut: this.#peers.length > 1 } })
    const { status, receipts } = DepositResponse.decode(await channel.call(request))
    if (status !== Status.OK) throw new Error(`a deposit was refused with ${status}`)
    const confirmed = new Set<string>()
    for (const receipt of receipts) {
      const facts = this.#verifier.verify(receipt)
      if (!equals(facts.recordId, id)) throw new Error('a receipt is for another record')
      confirmed.add(facts.relay)
    }
    if (confirmed.size < this.#quorum) throw new Error(`${confirmed.size} receipts, ${this.#quorum} are needed`)
  }

  /** From every relay, as an owner does who wants to be sure; a record that several relays had counts once. */
  async #drain(network: Libp2pNetwork, owner: Owner): Promise<number> {
    const seen = new Set<string>()
    const calls = new OwnerCalls({ network, identity: owner.identity, env: systemEnvironment })
    await Promise.all(this.#peers.map(async peer => this.#drainOne(calls, peer, owner, seen)))
    return seen.size
  }

  async #drainOne(calls: OwnerCalls, peer: PeerAddress, owner: Owner, seen: Set<string>): Promise<void> {
    const { identity } = owner
    let page: Page | undefined
    let ids: Uint8Array[] = []
    do {
      const pull = { mailbox: identity.key, recordsMax: pullRecordsMax, bytesMax: pullBytesMax }
      const after = page?.next === undefined ? {} : { after: page.next }
      page = (await calls.call(peer, { pull: { ...pull, ...after } })).page
      for (const bytes of page?.records ?? []) {
        const record = StoredRecord.decode(bytes)
        const id = recordId(record)
        const name = Buffer.from(id).toString('latin1')
        ids.push(id)
        if (seen.has(name)) continue
        seen.add(name)
        await this.#init.cargo.received(owner, record)
      }
      // one signature removes what several pages brought
      if (ids.length + pullRecordsMax > tombstoneIdsMax || page?.more !== true) {
        await this.#remove(calls, peer, identity, ids)
        ids = []
      }
    } while (page?.more === true)
  }

  async #remove(calls: OwnerCalls, peer: PeerAddress, identity: Owner['identity'], ids: Uint8Array[]): Promise<void> {
    if (ids.length === 0) return
    const issuedMs = Date.now()
    // past every record's expiry: the latest that a relay takes
    const dropAfterHour = hourOf(issuedMs) + ttlHoursMax + clockSkewHours
    await calls.call(peer, {
      tombstone: { tombstone: await createTombstone(identity, { ids, dropAfterHour, issuedMs }) }
    })
  }
}

async function connect(): Promise<Client> {
  const node = await createLibp2p(libp2pDefaults())
  const network = new Libp2pNetwork(node, silent)
  return {
    network,
    close: async () => {
      await network.stop()
      await node.stop()
    }
  }
}
