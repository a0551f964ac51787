/**
 * The composition root of a relay process: data directory, key, store, network, relay, admin. Whatever is opened is
 * closed in reverse order, each step within its share of the stop deadline: a network that does not stop (libp2p has
 * known cases) delays nothing that matters, since a record is on disk before its receipt leaves (G1, G12).
 */
import type { Libp2p, PrivateKey } from '@libp2p/interface'
import type { Environment, Log } from '../environment.ts'
import { silent, systemEnvironment } from '../environment.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { knownThrough, type Closest } from '../placement/dht.ts'
import type { MailboxRelay } from '../relay/service.ts'
import { startAdverts, type Adverts } from './adverts.ts'
import { AllowListFile } from './allowlist.ts'
import type { RelayConfig } from './config.ts'
import { configOf } from './config.ts'
import { NodeDatastore } from './datastore.ts'
import { DiskWatch } from './disk.ts'
import type { Database, DataDirectory } from './directory.ts'
import { openDirectory, openStore, salvageStore } from './directory.ts'
import { followDrain, isDraining, setDraining } from './drain.ts'
import type { Admin, Phase, Standing, Trouble } from './http.ts'
import { startAdmin } from './http.ts'
import { join as joinNetwork } from './join.ts'
import type { Metrics, Readings } from './metrics.ts'
import { createMetrics } from './metrics.ts'
import { createRelayNode, limitsOf, type RelayLibp2p } from './network.ts'
import { relayKey } from './relaykey.ts'

export interface NodeInit {
  readonly log?: Log
  readonly env?: Environment
  /** Called some times a second while there are connections, and more often when much moves on them. */
  readonly onCensus?: () => void
}

/** Shares of `stopDeadlineMs`; they add up to one. */
const shares = { relay: 0.4, network: 0.3, admin: 0.1, store: 0.2 } as const

interface Parts {
  readonly privateKey: PrivateKey
  readonly datastore: NodeDatastore
  readonly database: Database
  readonly disk: DiskWatch
  readonly draining: boolean
  readonly metrics: Metrics
  /** Whom the operator has listed. */
  readonly isListed: ((mailbox: Uint8Array) => boolean) | undefined
}

export class MailboxNode {
  readonly config: RelayConfig
  readonly #log: Log
  readonly #env: Environment
  readonly #onCensus: (() => void) | undefined
  readonly #stopping = new AbortController()
  #phase: Phase = 'starting'
  #open: AsyncDisposableStack | undefined
  #stopped: Promise<void> | undefined
  #libp2p: RelayLibp2p | undefined
  #admin: Admin | undefined
  #disk: DiskWatch | undefined
  #adverts: Adverts | undefined

  constructor(config: RelayConfig, { log = silent, env = systemEnvironment, onCensus }: NodeInit) {
    this.#onCensus = onCensus
    this.config = config
    this.#log = log
    this.#env = env
  }

  /**
   * Resolves when the relay takes requests. A node starts once.
   * @throws MailboxError DATA_DIR, STORE_VERSION, LOCKED, STORE, CONFIG (an address that cannot be listened on), CLOSED;
   * everything that was opened is closed then
   */
  async start(): Promise<void> {
    if (this.#open !== undefined) throw new MailboxError('CLOSED', 'This node has been started before; make a new one.')
    const open = (this.#open = new AsyncDisposableStack())
    try {
      await this.#start(open)
    } catch (error) {
      this.#phase = 'failed'
      await open.disposeAsync()
      throw error
    }
  }

  /**
   * Refuses new requests, answers those whose records are on disk, closes network and store. Resolves within
   * `stopDeadlineMs`, also when something hangs; never rejects.
   */
  async stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    await this.#stopped
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  get phase(): Phase {
    if (this.#phase === 'ready' && this.relay?.ready !== true) return 'failed'
    return this.#phase
  }

  /** Peer id text; undefined before `start`. */
  get id(): string | undefined {
    return this.#libp2p?.peerId.toString()
  }

  /** Multiaddr texts that end in the peer id, as others dial this relay. */
  get addresses(): string[] {
    return this.#libp2p?.getMultiaddrs().map(String) ?? []
  }

  get relay(): MailboxRelay | undefined {
    return this.#libp2p?.services.relay
  }

  get libp2p(): Libp2p | undefined {
    return this.#libp2p
  }

  /**
   * Says that this relay is leaving, or that it stays after all; kept in the data directory (SPEC §8.10).
   * @throws MailboxError DATA_DIR when that cannot be written
   */
  async drain(leaving: boolean): Promise<void> {
    await setDraining(this.config.data, leaving)
    this.relay?.drain(leaving)
  }

  /** URL of health and metrics; undefined when the configuration says `off`. */
  get admin(): string | undefined {
    return this.#admin?.url
  }

  async #start(open: AsyncDisposableStack): Promise<void> {
    const { config } = this
    const allowed = config.registration === 'allow-list' ? await allowListOf(config, this.#log) : undefined
    const directory = await openDirectory(config.data, 'relay')
    const { data: path, diskFreeBytesMin: freeBytesMin, ballastBytes } = config
    const disk = (this.#disk = new DiskWatch({
      path,
      freeBytesMin,
      shares: {
        'no-mailboxes': config.diskNoMailboxesPercent,
        'no-strangers': config.diskNoStrangersPercent,
        'owners-only': config.diskOwnersOnlyPercent
      },
      ballastBytes,
      env: this.#env,
      log: this.#log,
      salvage: async () => {
        await salvageStore(directory)
      }
    }))
    // before anything is written
    await disk.look()
    const privateKey = await relayKey(directory, this.#env, this.#log)
    const database = await openDespite(disk, directory)
    const datastore = new NodeDatastore(database, this.#log)
    open.defer(async () => {
      datastore.release()
      await this.#within('store', async () => {
        await database.close()
      })
    })
    const metrics = createMetrics(() => this.#readings())
    open.defer(() => {
      metrics.stop()
    })
    if (config.admin !== 'off') await this.#startAdmin(config.admin, metrics, open)
    const draining = await isDraining(directory.path)
    const parts = { privateKey, datastore, database, disk, draining, metrics, isListed: allowed?.has }
    const libp2p = (this.#libp2p = await this.#startNetwork(parts))
    open.defer(async () => {
      await this.#within('network', async () => {
        await libp2p.stop()
      })
    })
    const { relay } = libp2p.services
    const background = { env: this.#env, log: this.#log, signal: this.#stopping.signal }
    this.#adverts = startAdverts(libp2p, { privateKey, limits: limitsOf(config), ...background })
    const joined = Promise.all([
      this.#adverts.ended,
      joinNetwork(libp2p, config.bootstrap, background),
      followDrain(directory.path, relay.drain.bind(relay), background),
      allowed?.follow(this.#env, this.#stopping.signal)
    ])
    open.defer(async () => {
      await this.#within('relay', async () => {
        await joined
        await relay.stop()
      })
    })
    const watched = disk.watch(this.#stopping.signal)
    open.defer(async () => {
      await watched
    })
    this.#phase = 'ready'
    this.#log('info', 'relay_ready', { peer: this.id, addresses: this.addresses, admin: this.admin, data: config.data })
  }

  async #startAdmin(at: string, metrics: Metrics, open: AsyncDisposableStack): Promise<void> {
    const admin = (this.#admin = await startAdmin(at, { standing: () => this.#standing(), metrics }))
    open.defer(async () => {
      await this.#within('admin', admin.close)
    })
  }

  async #startNetwork({ privateKey, datastore, metrics, isListed, ...store }: Parts): Promise<RelayLibp2p> {
    const { config } = this
    try {
      return await createRelayNode(config, privateKey, datastore, {
        ...store,
        ...(isListed === undefined ? {} : { isListed }),
        limits: limitsOf(config),
        log: this.#log,
        env: this.#env,
        observe: metrics.observe,
        closest: this.#known,
        onCensus: this.#onCensus
      })
    } catch (cause) {
      if (cause instanceof MailboxError) throw cause
      const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
      throw new MailboxError(
        'CONFIG',
        `listen: the relay cannot listen on ${config.listen.join(', ')} (${String(reason)}).`,
        { cause }
      )
    }
  }

  /** Relays in the node's own routing table; none while libp2p is being made. */
  readonly #known: Closest = async (key, signal) => {
    const libp2p = this.#libp2p
    return libp2p === undefined ? [] : await knownThrough(libp2p.services.dht, libp2p.peerId)(key, signal)
  }

  #standing(): Standing {
    const { draining = false, listing = 0 } = this.relay?.stats() ?? {}
    const disk = this.#disk?.level() ?? 'room'
    return { phase: this.phase, id: this.id, draining, listing, disk, trouble: this.#trouble() }
  }

  #readings(): Readings {
    const connections = this.#libp2p?.getConnections() ?? []
    const streams = new Map<string, number>()
    for (const { protocol } of connections.flatMap(connection => connection.streams)) {
      streams.set(protocol, (streams.get(protocol) ?? 0) + 1)
    }
    const stats = this.relay?.stats()
    return {
      mailboxes: stats?.mailboxes ?? 0,
      listing: stats?.listing ?? 0,
      adverts: this.#adverts?.count() ?? 0,
      draining: stats?.draining ?? false,
      records: stats?.records ?? 0,
      bytes: stats?.bytes ?? 0,
      locators: stats?.locators ?? 0,
      relaysWaiting: stats?.relaysWaiting ?? 0,
      connections: connections.length,
      streams,
      ready: this.phase === 'ready',
      disk: {
        freeBytes: this.#disk?.freeBytes ?? 0,
        usedPercent: this.#disk?.usedPercent ?? 0,
        level: this.#disk?.level() ?? 'room'
      }
    }
  }

  #trouble(): Trouble[] {
    const isFull = this.#disk !== undefined && this.#disk.level() !== 'room'
    const hasFailed = this.#phase === 'ready' && this.relay?.ready === false
    return [...(isFull ? ['disk_nearly_full' as const] : []), ...(hasFailed ? ['store_failed' as const] : [])]
  }

  async #stop(): Promise<void> {
    if (this.#open === undefined || this.#open.disposed) return
    this.#phase = 'stopping'
    this.#log('info', 'relay_stopping', { deadlineMs: this.config.stopDeadlineMs })
    this.#stopping.abort(new MailboxError('ABORTED', 'The relay stops.'))
    await this.#open.disposeAsync()
    this.#log('info', 'relay_stopped')
  }

  /** Waits for one step of a stop, at most its share of the deadline. */
  async #within(step: keyof typeof shares, close: () => Promise<void>): Promise<void> {
    const over = new AbortController()
    const late = this.#env.delay(this.config.stopDeadlineMs * shares[step], over.signal).then(
      () => 'late',
      () => 'cancelled'
    )
    const closed = close().then(
      () => 'closed',
      (error: unknown) => {
        this.#log('warn', 'stop_step_failed', { step, error: String(error) })
        return 'failed'
      }
    )
    if ((await Promise.race([closed, late])) === 'late') this.#log('warn', 'stop_step_late', { step })
    over.abort()
  }
}

/** @throws MailboxError CONFIG */
async function allowListOf({ allowList }: RelayConfig, log: Log): Promise<AllowListFile> {
  if (allowList === '')
    throw new MailboxError(
      'CONFIG',
      'registration is allow-list, and allowList names no file: name one with --allow-list.'
    )
  return await AllowListFile.open(allowList, log)
}

/** On a full disk a store does not open: then the ballast is given up for it. @throws MailboxError LOCKED, STORE */
async function openDespite(disk: DiskWatch, directory: DataDirectory): Promise<Database> {
  try {
    return await openStore(directory)
  } catch (error) {
    if (!isMailboxError(error, 'STORE') || !(await disk.release())) throw error
    return await openStore(directory)
  }
}

/**
 * A relay as a process runs it. Missing values are the defaults of the configuration table.
 * @throws MailboxError CONFIG
 */
export function createNode(config: Partial<RelayConfig> = {}, init: NodeInit = {}): MailboxNode {
  return new MailboxNode(configOf('relay', config, process.env), init)
}
