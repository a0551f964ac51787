/** The door of a node that many may come to: libp2p's connection gater, asked as early as libp2p asks, over `Places`. */
import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface'
import { LRUCache } from 'lru-cache'
import { MailboxError } from '../errors.ts'
import { ownersKnownMax, pendingConnectionsMax, placesLookMs } from '../limits.ts'
import { ranks, type Rank } from './account.ts'
import { groupOf } from './group.ts'
import { Places, type Caller, type Cut, type Guest, type PlaceLimits, type Refusal } from './places.ts'
import { every } from './platform.ts'

/** What is counted of connections and streams; labels are from closed sets. */
export type WireObserve = (what: 'connectionRefused' | 'connectionCut' | 'streamRefused', label?: Refusal | Cut) => void

/** A connection as the muxer knows it. */
export interface Tenancy {
  readonly streams: number
  readonly rank: () => Rank
  readonly cut: (error: MailboxError) => void
}

export interface DoorInit {
  readonly limits: PlaceLimits
  /** What is known of a peer, id text, besides what it has proved here. */
  readonly rankOf?: (peer: string) => Rank
  readonly observe?: WireObserve
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number
}

const refused = (why: Refusal): MailboxError =>
  new MailboxError('BUSY', 'This node takes no more of such connections.', {
    limit: why === 'full' ? 'connectionsMax' : 'connectionsPerGroupMax'
  })

/** True of a carrier that is no bare TCP: it has spoken to get here. */
function hasSaid(connection: MultiaddrConnection): boolean {
  const { socket } = connection as { socket?: { readonly bytesRead?: number } }
  return (socket?.bytesRead ?? 1) > 0
}

export class Door {
  readonly #init: DoorInit
  readonly #places: Places
  readonly #now: () => number
  /** An entry goes with its connection. */
  readonly #callers = new WeakMap<object, Caller>()
  readonly #tenants = new WeakMap<object, Tenancy>()
  /** Peers that have proved to own a mailbox here, those used last. */
  readonly #owners = new LRUCache<string, true>({ max: ownersKnownMax })
  #endLooking: (() => void) | undefined

  constructor(init: DoorInit) {
    this.#init = init
    this.#now = init.now ?? (() => performance.now())
    this.#places = new Places(init.limits, why => init.observe?.('connectionCut', why))
  }

  /** What libp2p's connection manager is told: it counts too, and is to find nothing to do. */
  get manager(): { readonly maxConnections: number; readonly maxIncomingPendingConnections: number } {
    const { connections, pending } = this.#init.limits
    // those that are cut are counted by libp2p until their end has come to it
    return { maxConnections: connections + pendingConnectionsMax, maxIncomingPendingConnections: 2 * pending }
  }

  readonly gater: Required<
    Pick<
      ConnectionGater,
      'denyInboundConnection' | 'denyInboundEncryptedConnection' | 'denyOutboundEncryptedConnection'
    >
  > = {
    denyInboundConnection: connection => this.#arrive(connection),
    denyInboundEncryptedConnection: (peer, connection) => this.#seat(peer, connection, false),
    denyOutboundEncryptedConnection: (peer, connection) => this.#seat(peer, connection, true)
  }

  readonly rankOf = (peer: string): Rank => {
    const rank = this.#init.rankOf?.(peer) ?? ranks.stranger
    return rank === ranks.stranger && this.#owners.has(peer) ? ranks.owner : rank
  }

  /** The peer has proved to own a mailbox here. */
  readonly vouch = (peer: string): void => {
    this.#owners.set(peer, true)
  }

  /** From now on the muxer knows how many streams a connection has, and what its peer has proved. */
  settle(carrier: object, tenant: Tenancy): void {
    this.#tenants.set(carrier, tenant)
  }

  /** @returns true: refused */
  #arrive(connection: MultiaddrConnection): boolean {
    const caller: Caller = {
      group: groupOf(connection.remoteAddr),
      said: () => hasSaid(connection),
      cut: error => {
        connection.abort(error)
      }
    }
    const why = this.#places.arrive(caller, this.#now())
    if (why !== undefined) return this.#refuse(connection, why)
    this.#callers.set(connection, caller)
    this.#follow(connection, caller)
    return false
  }

  #seat(peer: PeerId, connection: MultiaddrConnection, isOurs: boolean): boolean {
    const caller = this.#callers.get(connection)
    if (caller !== undefined) this.#places.leave(caller)
    const id = peer.toString()
    const tenant = (): Tenancy | undefined => this.#tenants.get(connection)
    const guest: Guest = {
      group: caller?.group,
      isOurs,
      rank: () => tenant()?.rank() ?? this.rankOf(id),
      streams: () => tenant()?.streams ?? 0,
      cut: error => {
        const settled = tenant()
        if (settled === undefined) connection.abort(error)
        else settled.cut(error)
      }
    }
    const why = this.#places.seat(guest, this.#now())
    if (why !== undefined) return this.#refuse(connection, why)
    this.#follow(connection, guest)
    this.#endLooking ??= every(placesLookMs, () => {
      this.#places.look(this.#now())
      if (this.#places.guests === 0) this.#stopLooking()
    })
    return false
  }

  #stopLooking(): void {
    this.#endLooking?.()
    this.#endLooking = undefined
  }

  #refuse(connection: MultiaddrConnection, why: Refusal): true {
    this.#init.observe?.('connectionRefused', why)
    connection.abort(refused(why))
    return true
  }

  #follow(connection: MultiaddrConnection, one: Caller | Guest): void {
    const leave = (): void => {
      this.#places.leave(one)
    }
    if (connection.status === 'open') connection.addEventListener('close', leave, { once: true })
    else leave()
  }
}
