/** What QUOTA and BUSY answers name, by the numbers they travel as. */
/** SPEC §5.5. */
export const limitNames = {
  1: 'recordsPerMailboxMax',
  2: 'bytesPerMailboxMax',
  3: 'mailboxesMax',
  4: 'commitQueueMax',
  5: 'depositsPerSecondMax',
  6: 'locatorsHeldMax',
  7: 'mailboxesPerStreamMax',
  8: 'inFlightMax',
  9: 'locatorPutsPerSecondMax',
  10: 'tombstonesPerMailboxMax',
  11: 'diskFreeBytesMin',
  12: 'strangersRecordsMax',
  13: 'strangersBytesMax',
  14: 'gateShare',
  15: 'peerDepositsPerSecondMax',
  16: 'groupDepositsPerSecondMax',
  17: 'mailboxDepositsPerSecondMax',
  18: 'registrationsPerHourMax',
  19: 'requestsPerSecondMax',
  20: 'connectionsPerGroupMax',
  21: 'streamOpensPerSecondMax',
  22: 'peerBytesPerSecondMax'
} as const
export type LimitNumber = keyof typeof limitNames
export type LimitName = (typeof limitNames)[LimitNumber]

export function limitNumber(name: string): number {
  for (const [number, known] of Object.entries(limitNames)) if (known === name) return Number(number)
  return 0
}
export function limitName(number: number): LimitName | undefined {
  return limitNames[number as LimitNumber]
}
