/** Everything that makes a relay write: the largest records through the gate of a contact, and locators of keys that nobody knows. */
import { generateIdentity } from '../../../src/identity/keys.ts'
import { hourOf } from '../../../src/environment.ts'
import { signLocator } from '../../../src/identity/locator.ts'
import { gateProof } from '../../../src/identity/proof.ts'
import { recordId } from '../../../src/identity/record.ts'
import { gateShareDefault, ladderBytes } from '../../../src/limits.ts'
import { LocatorRequest, LocatorResponse } from '../../../src/wire/messages.js'
import { protocols } from '../../../src/wire/port.ts'
import type { Attack } from '../attack.ts'
import { groups } from '../attacker.ts'
import { depositLines, gateOf, keyOf, Lines, mailboxOf, noiseRecord } from '../forging.ts'

const MiB = 1024 * 1024
const recordsPerSecond = 20
const locatorsPerSecond = 300
const bytesMax = 16 * MiB
/** A relay that an attacker names in a locator takes room like any other. */
const addresses = ['/ip4/127.64.1.1/tcp/4501', '/ip4/127.64.1.2/tcp/4501', '/ip4/127.64.1.3/tcp/4501']
/** Of what a relay lets in, on its disk: LevelDB writes it to its log and to a table. */
const writtenTwice = 2
/** Of locators, on each relay, in the time of an attack; and of honest messages. */
const besidesMiB = 8

export const diskFilling: Attack = {
  name: 'disk-filling',
  title: `${recordsPerSecond} records of 256 KiB a second through the gate of one contact, into a mailbox of ${bytesMax / MiB} MiB, and ${locatorsPerSecond} locators of fresh keys a second, from ${groups} groups`,
  crew: 1,
  setting: { flags: ['--bytes-per-mailbox-max', String(bytesMax)] },
  arm: async ({ honest }) => ({ invitation: (await honest.owner.invitations.create()).uri }),
  strike: async attacker => {
    const [deposits, puts] = [depositLines(attacker), new Lines(attacker, protocols.locator)]
    const gate = await gateOf(attacker)
    const key = await keyOf(attacker, await deposits.at(0))
    const put = async (n: number): Promise<void> => {
      const issuedHour = hourOf(Date.now())
      const { bytes } = await signLocator(generateIdentity(), {
        seq: 1,
        issuedHour,
        validUntilHour: issuedHour + 24,
        relays: [{ id: attacker.relay(n).id, addresses, role: 'active' }],
        writeQuorum: 1,
        bundleMinSeq: 1,
        closed: false
      })
      const line = await puts.at(n % groups)
      await line.ask(
        'PUT',
        LocatorRequest.encode({ put: { locator: bytes } }),
        told => LocatorResponse.decode(told).status
      )
    }
    await Promise.all([
      attacker.every(locatorsPerSecond, 128, put),
      attacker.every(recordsPerSecond, 16, async n => {
        const record = noiseRecord(attacker, key, ladderBytes.at(-1) ?? 0)
        const proof = gate === undefined ? undefined : await gateProof(gate, mailboxOf(attacker), recordId(record))
        await (await deposits.at(n % groups)).deposit(record, proof)
      })
    ])
  },
  judge: async ({ grownMiB, running }) => {
    const shareMiB = (bytesMax / MiB) * (gateShareDefault / 100)
    const grownMiBMax = running.length * (writtenTwice * shareMiB + besidesMiB)
    return await Promise.resolve(
      grownMiB > grownMiBMax ? [`disks have grown by ${grownMiB.toFixed(1)} MiB, over ${grownMiBMax.toFixed(0)}`] : []
    )
  }
}
