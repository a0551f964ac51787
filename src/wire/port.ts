/**
 * What the client, the relay and the placement code know of a network: channels that carry one response for each
 * request. `exchange.ts` and `libp2p.ts` make them from libp2p streams; `testing/` makes them from function calls.
 */

/** `/mailbox/…/1.0.0` protocol names (SPEC §5). */
export const protocols = {
  locator: '/mailbox/locator/1.0.0',
  deposit: '/mailbox/deposit/1.0.0',
  owner: '/mailbox/owner/1.0.0',
  sync: '/mailbox/sync/1.0.0'
} as const
export type Protocol = (typeof protocols)[keyof typeof protocols]

/** A relay as one dials it: libp2p peer id text and multiaddr texts (none: the peer store or the DHT knows them). */
export interface PeerAddress {
  readonly id: string
  readonly addresses: readonly string[]
}

export interface CallOptions {
  signal?: AbortSignal | undefined
  /** Milliseconds until the call fails with TIMEOUT; `requestDeadlineMs` when absent. */
  deadlineMs?: number | undefined
}

/** The requesting end of one long-lived stream. */
export interface Channel {
  /** Peer ids of both ends as multihash bytes, proved by the transport's handshake. */
  readonly localPeer: Uint8Array
  readonly remotePeer: Uint8Array
  /** Aborts when the channel can carry no more calls. */
  readonly closed: AbortSignal
  /**
   * Sends one request and resolves with its response.
   * @throws MailboxError TIMEOUT, ABORTED, DISCONNECTED, MALFORMED (response over the frame limit), SIZE (request over it)
   */
  call: (request: Uint8Array, options?: CallOptions) => Promise<Uint8Array>
}

/** The dialling side of a node. */
export interface Network {
  /**
   * The open channel to `peer` for `protocol`, or a new one. At most one is kept per peer and protocol.
   * @throws MailboxError NO_RELAY when the peer cannot be reached or does not speak the protocol, ABORTED, TIMEOUT
   */
  channel: (peer: PeerAddress, protocol: Protocol, options?: CallOptions) => Promise<Channel>
}

/** The answering end of one stream; handlers keep per-stream state (nonce, proofs, budgets) in `state`. */
export interface Session {
  readonly localPeer: Uint8Array
  readonly remotePeer: Uint8Array
  /** Where the other end comes from, as `groupOf` has it. Absent: not known, and no limit of a group applies. */
  readonly group?: string | undefined
  /** Aborts when the stream ends. */
  readonly signal: AbortSignal
  readonly state: Map<symbol, unknown>
  /**
   * Waits until this node has room for an answer of so many bytes. Absent: nobody counts. @returns to be called when the
   * answer has been made or given up
   * @throws MailboxError ABORTED
   */
  readonly room?: ((bytes: number) => Promise<() => void>) | undefined
  /** The other end has proved that it owns a mailbox: strangers are cut before it. */
  readonly vouch?: (() => void) | undefined
}

/**
 * Answers one request. A handler that throws ends the whole stream: expected refusals are responses with a status.
 */
export type Handler = (request: Uint8Array, session: Session) => Promise<Uint8Array>

/** The answering side of a node. */
export interface Responder {
  handle: (protocol: Protocol, handler: Handler) => Promise<void>
  unhandle: (protocol: Protocol) => Promise<void>
}
