/** Rates that nothing reaches, and room for strangers as for contacts, for tests and measurements that are about something else. */
import type { RelayConfig } from '../../src/daemon/config.ts'
import { flagOf, variableOf, type KeyName } from '../../src/daemon/keys.ts'
import type { Environment } from '../../src/environment.ts'
import { bytesPerMailboxMax, recordsPerMailboxMax } from '../../src/limits.ts'
import type { LocatorRates } from '../../src/placement/holder.ts'
import { defaultLimits, type RelayLimits } from '../../src/relay/options.ts'
import { locatorRates, Rates } from '../../src/relay/rates.ts'

export const generousRates = {
  depositsPerSecond: 1e6,
  peerDepositsPerSecond: 1e6,
  groupDepositsPerSecond: 1e6,
  mailboxDepositsPerSecond: 1e6,
  peerBytesPerSecond: 2 ** 40,
  requestsPerSecond: 1e6,
  // senders here hold no gates
  strangersRecords: recordsPerMailboxMax,
  strangersBytes: bytesPerMailboxMax
} satisfies Partial<RelayLimits>

/** The same, and any disk, as a relay's configuration. */
export const generousConfig = {
  depositsPerSecondMax: 1e6,
  peerDepositsPerSecondMax: 1e6,
  groupDepositsPerSecondMax: 1e6,
  mailboxDepositsPerSecondMax: 1e6,
  peerBytesPerSecondMax: 2 ** 40,
  requestsPerSecondMax: 1e6,
  connectionsPerGroupMax: 1e5,
  groupConnectionsPerSecondMax: 1e6,
  strangersRecordsMax: recordsPerMailboxMax,
  strangersBytesMax: bytesPerMailboxMax,
  // of the machine that the tests run on
  diskNoMailboxesPercent: 100,
  diskNoStrangersPercent: 100,
  diskOwnersOnlyPercent: 100
} satisfies Partial<RelayConfig>

const entries = Object.entries(generousConfig) as Array<[KeyName, number]>

/** As flags of `mailbox relay`. */
export const generousFlags: readonly string[] = entries.flatMap(([name, value]) => [flagOf(name), String(value)])

/** As variables of its process. */
export const generousVariables: Readonly<Record<string, string>> = Object.fromEntries(
  entries.map(([name, value]) => [variableOf(name), String(value)])
)

/** Of a holder without a relay around it: requests as many as it likes, locators as the protocol has it. */
export const holderRates = (env: Environment): LocatorRates =>
  locatorRates(new Rates({ ...defaultLimits, ...generousRates }), env)
