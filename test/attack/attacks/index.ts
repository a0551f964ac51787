/** Every attack, in the order in which they are run. */
import type { Attack } from '../attack.ts'
import { connectionFlood } from './connection-flood.ts'
import { dhtFlood } from './dht-flood.ts'
import { diskFilling } from './disk-filling.ts'
import { forgedReceipts } from './forged-receipts.ts'
import { forgedTombstones } from './forged-tombstones.ts'
import { hugeFrames } from './huge-frames.ts'
import { oldLocator } from './old-locator.ts'
import { oneSender } from './one-sender.ts'
import { ownerAuth } from './owner-auth.ts'
import { quotaStuffing } from './quota-stuffing.ts'
import { slowLoris } from './slow-loris.ts'
import { streamFlood } from './stream-flood.ts'
import { sybil } from './sybil.ts'
import { unprovedDeposits } from './unproved-deposits.ts'

export const attacks: readonly Attack[] = [
  connectionFlood,
  streamFlood,
  slowLoris,
  hugeFrames,
  unprovedDeposits,
  quotaStuffing,
  oneSender,
  ownerAuth,
  forgedTombstones,
  forgedReceipts,
  sybil,
  oldLocator,
  diskFilling,
  dhtFlood
]

export function attackNamed(name: string): Attack {
  const attack = attacks.find(each => each.name === name)
  if (attack === undefined) throw new RangeError(`there is no attack ${name}`)
  return attack
}
