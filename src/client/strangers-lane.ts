/** What an owner admits of strangers, and the part of its key bundle that says so (SPEC §4.3, §7.6, §10.12). Pure. */
import { MailboxError } from '../errors.ts'
import type { BundleGate, KeyBundle, KeyBundleFields, Strangers, StrangersBefore } from '../identity/bundle.ts'
import {
  clockSkewHours,
  ladderBytes,
  powBitsDefault,
  powBitsMax,
  strangersClassBytesMax,
  strangersTtlHoursMax,
  ttlHoursMax,
  ttlHoursMin
} from '../limits.ts'

export interface StrangersLane {
  /** Whether strangers may deposit: not at all, with a stamp, or as they like. */
  readonly policy: Strangers
  /** Zero bits of a stamp, 0 to 32; relays ask for up to 4 more as the lane fills. */
  readonly bits: number
  /** Largest sealed message of a stranger, a size of the ladder: 1 KiB to 256 KiB. */
  readonly classBytesMax: number
  /** 1 to 720. */
  readonly ttlHoursMax: number
}

export const strangersLaneDefault: StrangersLane = {
  policy: 'pow',
  bits: powBitsDefault,
  classBytesMax: strangersClassBytesMax,
  ttlHoursMax: strangersTtlHoursMax
}

/** @throws MailboxError CONFIG */
export function strangersLaneFrom(given: Partial<StrangersLane> = {}): StrangersLane {
  const lane = { ...strangersLaneDefault, ...given }
  const whole = (n: number, min: number, max: number): boolean => Number.isInteger(n) && n >= min && n <= max
  const wrong = !whole(lane.bits, 0, powBitsMax)
    ? `${lane.bits} bits of a stamp; they are 0 to ${powBitsMax}`
    : !ladderBytes.includes(lane.classBytesMax)
      ? `${lane.classBytesMax} bytes; the sizes are ${ladderBytes.join(', ')}`
      : !whole(lane.ttlHoursMax, ttlHoursMin, ttlHoursMax)
        ? `${lane.ttlHoursMax} hours; they are ${ttlHoursMin} to ${ttlHoursMax}`
        : undefined
  if (wrong !== undefined) throw new MailboxError('CONFIG', `The strangers lane is given ${wrong}.`)
  return lane
}

/** What of a key bundle says who may deposit. */
export type Admission = Pick<
  KeyBundleFields,
  'strangers' | 'powBits' | 'strangersClassBytesMax' | 'strangersTtlHoursMax' | 'gates' | 'before'
>

/** @param current the bundle that relays hold now, if any */
export function admissionOf(
  lane: StrangersLane,
  gates: readonly BundleGate[],
  current: KeyBundle | undefined,
  nowHour: number
): Admission {
  const now = { strangers: lane.policy, powBits: lane.bits }
  const before = current === undefined ? undefined : laxerBefore(now, current, nowHour)
  return {
    ...now,
    strangersClassBytesMax: lane.classBytesMax,
    strangersTtlHoursMax: lane.ttlHoursMax,
    gates,
    ...(before === undefined ? {} : { before })
  }
}

/** True: the bundle that relays hold says the same, `before` aside, which ends by itself. */
export function saysTheSame(current: KeyBundle, next: Admission): boolean {
  const text = (of: Admission): string =>
    JSON.stringify([
      [of.strangers, of.powBits, of.strangersClassBytesMax, of.strangersTtlHoursMax],
      of.gates.map(({ publicKey, share, revokedHour }) => [[...publicKey], share, revokedHour])
    ])
  return text(current) === text(next)
}

type Policy = Pick<StrangersBefore, 'strangers' | 'powBits'>

/** How much is asked: nothing, so many bits, more than any bits. */
const asked = ({ strangers, powBits }: Policy): number =>
  strangers === 'open' ? -1 : strangers === 'closed' ? Infinity : powBits

/** What was laxest until not long ago, where it was laxer than now. */
function laxerBefore(now: Policy, current: KeyBundle, nowHour: number): StrangersBefore | undefined {
  const untilHour = nowHour + ttlHoursMax + 2 * clockSkewHours
  const running = current.before !== undefined && current.before.untilHour > nowHour ? [current.before] : []
  const [laxest] = [...running, { strangers: current.strangers, powBits: current.powBits, untilHour }].toSorted(
    (a, b) => asked(a) - asked(b) || b.untilHour - a.untilHour
  )
  return laxest !== undefined && asked(laxest) < asked(now) ? laxest : undefined
}
