/** For tests about something else than admission: strangers may leave what contacts may. */
import type { StrangersLane } from '../../src/client/strangers-lane.ts'
import { ladderBytes, ttlHoursMax } from '../../src/limits.ts'

export const openToAll: StrangersLane = {
  policy: 'open',
  bits: 0,
  classBytesMax: ladderBytes.at(-1) ?? 0,
  ttlHoursMax
}

/** The same for a process, as configuration variables. */
export const openToAllVariables: Readonly<Record<string, string>> = {
  MAILBOX_STRANGERS_LANE: openToAll.policy,
  MAILBOX_STRANGERS_CLASS_BYTES_MAX: String(openToAll.classBytesMax),
  MAILBOX_STRANGERS_TTL_HOURS_MAX: String(openToAll.ttlHoursMax)
}
