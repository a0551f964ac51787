/**
 * The configuration keys: one table of type, default, unit and meaning. Flags, environment variables, the sample file
 * (config/default.json) and the README's table are made from it; nothing else declares a key.
 */
import { z } from 'zod'
import { strangersLaneDefault } from '../client/strangers-lane.ts'
import { registrationPolicies } from '../identity/registration-policy.ts'
import * as limits from '../limits.ts'
import { memoryBytesMin } from '../wire/memory.ts'
import { addresses, ladderSize, relayAddresses, text, whole, yesOrNo } from './kinds.ts'

export type Role = 'relay' | 'client'

export interface Key<T> {
  readonly schema: z.ZodType<T>
  readonly fallback: T
  readonly roles: readonly Role[]
  readonly unit: string
  readonly meaning: string
  /** Completes the sentence "expected …" of an error. */
  readonly expects: string
  /** How a flag or a variable, which is text, becomes a value. */
  readonly kind: 'text' | 'number' | 'list' | 'boolean'
  /** Of the flag, where it differs from the key's: a flag that is repeated is a singular. */
  readonly flagName?: string
}

const relay = ['relay'] as const
const client = ['client'] as const
const both = ['relay', 'client'] as const

/** Levels of pino that this project uses, and silence. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const

const adminPattern = /^(off|(\[[0-9a-f:]+\]|[a-z0-9.-]+):\d{1,5})$/i

const none: readonly string[] = []

export const keys = {
  data: {
    ...text(z.string(), 'a path'),
    fallback: '',
    roles: both,
    unit: 'path',
    meaning:
      'Data directory. Empty: libp2p-mailbox/relay or libp2p-mailbox/client under $XDG_DATA_HOME (~/.local/share).'
  },
  bootstrap: {
    ...relayAddresses(32),
    fallback: none,
    roles: both,
    unit: 'multiaddrs',
    meaning: 'Relays to contact first. A relay without any starts a network of its own.'
  },
  listen: {
    ...addresses(16),
    fallback: ['/ip4/0.0.0.0/tcp/4501'] as readonly string[],
    roles: relay,
    unit: 'multiaddrs',
    meaning: 'Where the relay accepts connections; /ws at the end for browsers; port 0 takes a free one.'
  },
  announce: {
    ...addresses(16),
    fallback: none,
    roles: relay,
    unit: 'multiaddrs',
    meaning: 'Addresses told to others instead of the ones listened on, when those are not reachable from outside.'
  },
  admin: {
    ...text(z.string().regex(adminPattern), 'HOST:PORT or off'),
    fallback: '127.0.0.1:4580',
    roles: relay,
    unit: 'host:port',
    meaning:
      'Health and metrics over HTTP, for loopback only: there is no authentication. off: none; port 0 takes a free one.'
  },
  gossip: {
    ...yesOrNo,
    fallback: true as boolean,
    roles: relay,
    unit: 'true or false',
    meaning: 'Tells other relays what this one offers, and passes on what they say. Nothing depends on it.'
  },
  mailboxesMax: {
    ...whole(1, 10_000_000),
    fallback: limits.mailboxesMax as number,
    roles: relay,
    unit: 'mailboxes',
    meaning: 'Mailboxes this relay opens.'
  },
  recordsPerMailboxMax: {
    ...whole(1, 1_000_000),
    fallback: limits.recordsPerMailboxMax as number,
    roles: relay,
    unit: 'records',
    meaning: 'Records kept for one mailbox.'
  },
  bytesPerMailboxMax: {
    ...whole(limits.frameBytesMax, 2 ** 40),
    fallback: limits.bytesPerMailboxMax,
    roles: relay,
    unit: 'bytes',
    meaning: 'Bytes kept for one mailbox.'
  },
  strangersRecordsMax: {
    ...whole(0, 1_000_000),
    fallback: limits.strangersRecordsMax as number,
    roles: relay,
    unit: 'records',
    meaning: 'Records of strangers kept for one mailbox, besides those of contacts. 0: none.'
  },
  strangersBytesMax: {
    ...whole(0, 2 ** 40),
    fallback: limits.strangersBytesMax,
    roles: relay,
    unit: 'bytes',
    meaning: 'Bytes of strangers kept for one mailbox, besides those of contacts.'
  },
  depositsPerSecondMax: {
    ...whole(1, 1_000_000),
    fallback: limits.depositsPerSecondMax as number,
    roles: relay,
    unit: 'deposits/s',
    meaning: 'Deposits accepted in a second, averaged, as all rates are; twice as many at once.'
  },
  peerDepositsPerSecondMax: {
    ...whole(1, 1_000_000),
    fallback: limits.peerDepositsPerSecondMax as number,
    roles: relay,
    unit: 'deposits/s',
    meaning: 'Of one peer; two and a half times as many at once.'
  },
  groupDepositsPerSecondMax: {
    ...whole(1, 1_000_000),
    fallback: limits.groupDepositsPerSecondMax as number,
    roles: relay,
    unit: 'deposits/s',
    meaning: 'Of the peers of one IPv4 address or IPv6 /56; twice as many at once.'
  },
  mailboxDepositsPerSecondMax: {
    ...whole(1, 1_000_000),
    fallback: limits.mailboxDepositsPerSecondMax as number,
    roles: relay,
    unit: 'deposits/s',
    meaning: 'To one mailbox from contacts, and as many from strangers; twice as many at once.'
  },
  peerBytesPerSecondMax: {
    ...whole(limits.frameBytesMax, 2 ** 40),
    fallback: limits.peerBytesPerSecondMax,
    roles: relay,
    unit: 'bytes/s',
    meaning: 'Bytes of the requests of one peer; twice as many at once.'
  },
  requestsPerSecondMax: {
    ...whole(1, 1_000_000),
    fallback: limits.requestsPerSecondMax as number,
    roles: relay,
    unit: 'requests/s',
    meaning: 'Requests of one peer, each by its cost; five times as many at once. Addresses and owners have more.'
  },
  registration: {
    schema: z.enum(registrationPolicies),
    expects: `one of ${registrationPolicies.join(', ')}`,
    kind: 'text',
    fallback: 'open',
    roles: relay,
    unit: 'policy',
    meaning:
      'Who may open a mailbox: open, anybody with a proof of work; invite, whom `mailbox relay invite` made an invite for; allow-list, who is in `allowList`.'
  },
  registrationBits: {
    ...whole(0, limits.powBitsMax),
    fallback: limits.registrationBitsDefault as number,
    roles: relay,
    unit: 'bits',
    meaning:
      'Zero bits of the proof of work that opens a mailbox; 22 take a few seconds, each one more doubles it. 0: none.'
  },
  registrationsPerGroupMax: {
    ...whole(1, 1_000_000),
    fallback: limits.registrationsPerHourMax as number,
    roles: relay,
    unit: 'mailboxes/h',
    meaning: 'Mailboxes that one IPv4 address or IPv6 /56 opens in an hour, averaged; as many at once.'
  },
  allowList: {
    ...text(z.string(), 'a path'),
    fallback: '',
    roles: relay,
    unit: 'path',
    meaning:
      'File of the addresses that may open a mailbox with registration allow-list, one a line, # for comments. Read again when it changes.'
  },
  connectionsMax: {
    ...whole(10, 100_000),
    fallback: limits.connectionsMax as number,
    roles: relay,
    unit: 'connections',
    meaning: 'Connections open at the same time.'
  },
  connectionsPerGroupMax: {
    ...whole(1, 100_000),
    fallback: limits.connectionsPerGroupMax as number,
    roles: relay,
    unit: 'connections',
    meaning: 'Of them from one IPv4 address or IPv6 /56. Behind a proxy all come from one.'
  },
  groupConnectionsPerSecondMax: {
    ...whole(1, 1_000_000),
    fallback: limits.groupConnectionsPerSecondMax as number,
    roles: relay,
    unit: 'connections/s',
    meaning: 'New connections from one IPv4 address or IPv6 /56; ten times as many at once.'
  },
  memoryBytesMax: {
    ...whole(memoryBytesMin, 2 ** 40),
    fallback: limits.memoryBytesMax,
    roles: relay,
    unit: 'bytes',
    meaning: 'What the relay holds in memory at worst, whatever its peers do; it counts, and cuts whoever holds most.'
  },
  diskFreeBytesMin: {
    ...whole(0, 2 ** 50),
    fallback: limits.diskFreeBytesMin,
    roles: relay,
    unit: 'bytes',
    meaning: 'Room on the disk below which new records, mailboxes and locators are refused. 0: never.'
  },
  diskNoMailboxesPercent: {
    ...whole(1, 100),
    fallback: limits.diskNoMailboxesPercent as number,
    roles: relay,
    unit: 'percent',
    meaning: 'Share of the disk in use from which no new mailbox is opened. 100: never.'
  },
  diskNoStrangersPercent: {
    ...whole(1, 100),
    fallback: limits.diskNoStrangersPercent as number,
    roles: relay,
    unit: 'percent',
    meaning: 'And from which nothing is taken from strangers, and no new locator.'
  },
  diskOwnersOnlyPercent: {
    ...whole(1, 100),
    fallback: limits.diskOwnersOnlyPercent as number,
    roles: relay,
    unit: 'percent',
    meaning: 'And from which no new record is taken; owners pull, ack and remove.'
  },
  ballastBytes: {
    ...whole(0, 2 ** 40),
    fallback: limits.ballastBytes,
    roles: relay,
    unit: 'bytes',
    meaning: 'Size of a file that is given up on a full disk, so that acks and a start still work. 0: none.'
  },
  stopDeadlineMs: {
    ...whole(1_000, 600_000),
    fallback: limits.stopDeadlineMs as number,
    roles: relay,
    unit: 'ms',
    meaning: 'A stop is over after this time, whatever still hangs.'
  },
  logLevel: {
    ...text(z.enum(logLevels), `one of ${logLevels.join(', ')}`),
    fallback: 'info',
    roles: relay,
    unit: 'level',
    meaning: 'Log lines of this level and above go to stderr.'
  },
  relays: {
    ...relayAddresses(limits.relaysActiveMax + limits.relaysStandbyMax),
    fallback: none,
    roles: client,
    unit: 'multiaddrs',
    flagName: 'relay',
    meaning: 'Relays to open the mailbox on. Empty: chosen among the relays the bootstrap relays know.'
  },
  active: {
    ...whole(1, limits.relaysActiveMax),
    fallback: limits.relaysActiveDefault as number,
    roles: client,
    unit: 'relays',
    meaning: 'Relays that hold every record. A message is stored when more than half of them have it.'
  },
  standby: {
    ...whole(0, limits.relaysStandbyMax),
    fallback: limits.relaysStandbyMax as number,
    roles: client,
    unit: 'relays',
    meaning: 'Relays that take deposits while active ones are away.'
  },
  invites: {
    schema: z.array(z.string()).max(limits.invitesGivenMax),
    expects: `at most ${limits.invitesGivenMax} invites, relay-invite:1.…`,
    kind: 'list',
    fallback: none,
    roles: client,
    unit: 'invites',
    flagName: 'invite',
    meaning: 'Invites of relays that ask for one before they open a mailbox, as their operators made them.'
  },
  passphraseFile: {
    ...text(z.string(), 'a path'),
    fallback: '',
    roles: client,
    unit: 'path',
    meaning:
      'File whose first line is the passphrase of the identity. Empty: the variable MAILBOX_PASSPHRASE, else it is asked for at a terminal.'
  },
  strangers: {
    ...text(z.enum(['requests', 'inbox']), 'requests or inbox'),
    fallback: 'requests',
    roles: client,
    unit: 'list',
    meaning: 'Where messages of people you do not know come: requests, until you accept their sender, or inbox.'
  },
  strangersLane: {
    ...text(z.enum(['closed', 'pow', 'open']), 'closed, pow or open'),
    fallback: strangersLaneDefault.policy as string,
    roles: client,
    unit: 'policy',
    meaning:
      'What strangers need to leave you a message: pow: a proof of work; open: nothing; closed: they leave none. In force after register.'
  },
  strangersBits: {
    ...whole(0, limits.powBitsMax),
    fallback: strangersLaneDefault.bits,
    roles: client,
    unit: 'bits',
    meaning: 'Of that proof of work: each one more doubles it; 20 are about a second of one core.'
  },
  strangersClassBytesMax: {
    ...ladderSize,
    fallback: strangersLaneDefault.classBytesMax,
    roles: client,
    unit: 'bytes',
    meaning: 'Largest sealed message of a stranger.'
  },
  strangersTtlHoursMax: {
    ...whole(limits.ttlHoursMin, limits.ttlHoursMax),
    fallback: strangersLaneDefault.ttlHoursMax,
    roles: client,
    unit: 'hours',
    meaning: 'Longest time that a message of a stranger waits for you.'
  },
  waitMs: {
    ...whole(100, 3_600_000),
    fallback: 30_000 as number,
    roles: client,
    unit: 'ms',
    meaning: 'How long a command waits for the network.'
  }
} as const satisfies Record<string, Key<string> | Key<number> | Key<boolean> | Key<readonly string[]>>

export type KeyName = keyof typeof keys
export const keyNames = Object.keys(keys) as KeyName[]

type Roles<K extends KeyName> = (typeof keys)[K]['roles'][number]

/** The keys of one role with their values. */
export type ValuesOf<R extends Role> = {
  readonly [K in KeyName as R extends Roles<K> ? K : never]: z.output<(typeof keys)[K]['schema']>
}

export const keyOf = (name: KeyName): Key<unknown> => keys[name]

export function keysOf(role: Role): KeyName[] {
  return keyNames.filter(name => keyOf(name).roles.includes(role))
}

/** `stopDeadlineMs` → `--stop-deadline-ms` */
export function flagOf(name: KeyName): string {
  return `--${(keyOf(name).flagName ?? name).replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

/** `stopDeadlineMs` → `MAILBOX_STOP_DEADLINE_MS` */
export function variableOf(name: string): string {
  return `MAILBOX_${name.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}`
}
