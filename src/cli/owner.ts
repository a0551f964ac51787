/** The person at the command line: an identity in a data directory, and the mailbox opened with it. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Mailbox } from '../client/mailbox.ts'
import type { StrangersLane } from '../client/strangers-lane.ts'
import type { ClientConfig, Effective } from '../daemon/config.ts'
import { openStore } from '../daemon/directory.ts'
import { createLog } from '../daemon/log.ts'
import { MailboxError } from '../errors.ts'
import { silent } from '../environment.ts'
import { findIdentity, unlock } from './identity.ts'
import type { Io } from './io.ts'
import type { Given } from './options.ts'
import { effectiveConfig } from './options.ts'

/** A client that has finished is not kept by a network that does not stop; what it sent is durable. */
const closeWaitMs = 2_000

export interface Session {
  readonly mailbox: Mailbox
  readonly effective: Effective<'client'>
  /** Aborts at a signal, or with TIMEOUT after `waitMs`. */
  readonly signal: AbortSignal
  /** `waitMs` begins anew: this machine is at work, and nobody is waited for. */
  readonly busy: () => void
}

/** Aborts with TIMEOUT after `waitMs` without a `busy`, or with `signal`. */
function within(signal: AbortSignal, waitMs: number, stack: DisposableStack): Pick<Session, 'signal' | 'busy'> {
  const over = new AbortController()
  const timer = setTimeout(() => {
    over.abort(new MailboxError('TIMEOUT', `Not done within ${waitMs} ms; --wait-ms sets how long a command waits.`))
  }, waitMs)
  stack.defer(() => {
    clearTimeout(timer)
  })
  return {
    signal: AbortSignal.any([signal, over.signal]),
    busy: () => {
      timer.refresh()
    }
  }
}

/**
 * Opens the mailbox, lets a command use it, and closes everything, also after a failure.
 * @param o.endless no deadline but the signal's
 * @param o.keep messages are not acked by being fetched
 * @throws MailboxError DATA_DIR, PASSPHRASE, LOCKED, STORE, CONFIG, and what `use` throws
 */
export async function withMailbox<T>(
  io: Io,
  given: Given,
  use: (session: Session) => Promise<T>,
  o: { endless?: boolean; keep?: boolean } = {}
): Promise<T> {
  const effective = await effectiveConfig('client', given, io)
  const { data, waitMs } = effective.config
  const strangers = effective.config.strangers === 'inbox' ? 'inbox' : 'requests'
  const strangersLane = laneFrom(effective.config)
  const held = await findIdentity(io, data)
  const identity = await unlock(io, held, effective.config)
  using timers = new DisposableStack()
  await using open = new AsyncDisposableStack()
  const store = await openStore(held.directory)
  open.defer(async () => {
    await store.close()
  })
  const log = given.verbose === true ? createLog({ level: 'debug' }) : silent
  // libp2p takes a second to load; a wrong directory is said at once
  const { Mailbox } = await import('../client/mailbox.ts')
  const ackPolicy = o.keep === true ? 'manual' : 'on-store'
  const bootstrap = contactsOf(effective.config)
  const mailbox = await Mailbox.open({ identity, store, bootstrap, ackPolicy, strangers, strangersLane, log })
  open.defer(async () => {
    await Promise.race([mailbox.close(), delay(closeWaitMs, undefined, { ref: false })])
  })
  const endless = { signal: io.signal, busy: () => undefined }
  return await use({ mailbox, effective, ...(o.endless === true ? endless : within(io.signal, waitMs, timers)) })
}

function laneFrom(config: ClientConfig): StrangersLane {
  const { strangersBits: bits, strangersClassBytesMax: classBytesMax, strangersTtlHoursMax: ttlHoursMax } = config
  return { policy: config.strangersLane as StrangersLane['policy'], bits, classBytesMax, ttlHoursMax }
}

/** Whom to ask first: without bootstrap relays, those that the mailbox is to be opened on. */
const contactsOf = ({ bootstrap, relays }: ClientConfig): readonly string[] =>
  bootstrap.length > 0 ? bootstrap : relays

/** A first contact needs somebody to ask. @throws MailboxError NO_RELAY */
export function requireBootstrap({ config }: Effective<'client'>): void {
  if (contactsOf(config).length > 0) return
  throw new MailboxError(
    'NO_RELAY',
    'No relay is known: give the address that a relay printed with --bootstrap, the variable MAILBOX_BOOTSTRAP or the key bootstrap of a config file.'
  )
}
