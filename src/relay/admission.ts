/** What a mailbox takes: the owner's word, checked for a deposit and again for every record from a replica (SPEC §7.2). */
import { MailboxError } from '../errors.ts'
import type { Header } from '../identity/record.ts'
import { clockSkewHours, tagBytes } from '../limits.ts'
import type { Record } from '../wire/messages.js'
import type { HostedMailbox } from './hosted.ts'

/** @throws MailboxError POLICY, SIZE, EXPIRED */
export function checkPolicy({ bundle }: HostedMailbox, record: Record, header: Header, nowHour: number): void {
  if (bundle.strangers !== 'open') throw new MailboxError('POLICY', 'The owner takes no records from strangers.')
  if (record.ct.byteLength > bundle.classBytesMax + tagBytes)
    throw new MailboxError('SIZE', 'Larger than the owner takes.')
  if (header.expiresHour - nowHour > bundle.ttlHoursMax + clockSkewHours)
    throw new MailboxError('EXPIRED', 'The expiry is later than the owner allows.')
}
