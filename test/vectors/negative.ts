/** What must be refused, each with the one code that must refuse it (SPEC §12). */
import { negativeAdmission } from './admission.ts'
import { negativeIdentities } from './identity.ts'
import { negativeInvitations } from './contact.ts'
import { negativeAdverts } from './negative-adverts.ts'
import { negativeKeys } from './negative-keys.ts'
import { negativeOwner } from './negative-owner.ts'
import { negativeRecords } from './negative-records.ts'
import { negativeDescriptors } from './negative-descriptors.ts'

export interface NegativeVector {
  name: string
  /** The function that is asked; see README.md for the input of each. */
  check: string
  /** Code of the error that must come. Absent: `result` must come. */
  code?: string
  result?: boolean
  input: { [name: string]: unknown }
}

export async function negativeVectors(): Promise<NegativeVector[]> {
  return [
    ...(await negativeKeys()),
    ...negativeIdentities(),
    ...(await negativeRecords()),
    ...(await negativeDescriptors()),
    ...(await negativeOwner()),
    ...(await negativeAdverts()),
    ...(await negativeInvitations()),
    ...(await negativeAdmission())
  ]
}
