/** A contact whose machine somebody else has: it leaves noise through its gate, as fast as relays take it. */
import { gateProof } from '../../../src/identity/proof.ts'
import { recordId } from '../../../src/identity/record.ts'
import { gateShareDefault, ladderBytes } from '../../../src/limits.ts'
import type { Attack } from '../attack.ts'
import { depositLines, gateOf, keyOf, mailboxOf, noiseRecord } from '../forging.ts'

const perSecond = 300
const streams = 6
const recordsMax = 400

export const oneSender: Attack = {
  name: 'one-sender',
  title: `${perSecond} records of 1 KiB a second through the gate of one contact, on ${streams} streams, into a mailbox of at most ${recordsMax} records`,
  crew: 1,
  setting: { flags: ['--records-per-mailbox-max', String(recordsMax)] },
  arm: async ({ honest }) => ({ invitation: (await honest.owner.invitations.create()).uri }),
  strike: async attacker => {
    const held = depositLines(attacker, { groups: 1 })
    const gate = await gateOf(attacker)
    const key = await keyOf(attacker, await held.at(0))
    await attacker.every(perSecond, 128, async n => {
      const record = noiseRecord(attacker, key, ladderBytes[0] ?? 0)
      const proof = gate === undefined ? undefined : await gateProof(gate, mailboxOf(attacker), recordId(record))
      await (await held.at(n % streams)).deposit(record, proof)
    })
  },
  judge: async ({ honest, running }) => {
    // each relay keeps its own count
    const leftMax = ((recordsMax * gateShareDefault) / 100) * running.length
    const left = honest.unopened.size
    return await Promise.resolve(left > leftMax ? [`${left} records through one gate were kept for one mailbox`] : [])
  }
}
