/** When a mailbox that has left may be dropped, and forgotten (SPEC §9.9). Pure. */
import type { Locator } from '../identity/locator.ts'
import { leftHoursMin, movedHours } from '../limits.ts'
import type { LeftMailbox } from '../wire/messages.js'

/** @param lastListing signed bytes of the last locator that listed this relay */
export function leftAt(hour: number, lastListing: Uint8Array): LeftMailbox {
  return { sinceHour: hour, locator: lastListing, proved: [], dropped: false }
}

/** Whether it is time for a step; what it is depends on the locator as well. */
export function isTime({ sinceHour, dropped }: LeftMailbox, nowHour: number): boolean {
  return sinceHour + (dropped ? movedHours : leftHoursMin) <= nowHour
}

/** `drop` what is held, `forget` that it was ever here, or nothing yet. */
export function stepOf(left: LeftMailbox, locator: Locator, nowHour: number): 'drop' | 'forget' | undefined {
  if (!isTime(left, nowHour)) return undefined
  if (left.sinceHour + movedHours <= nowHour) return 'forget'
  const active = locator.relays.filter(({ role }) => role === 'active')
  return active.length > 0 && active.every(({ id }) => left.proved.includes(id)) ? 'drop' : undefined
}
