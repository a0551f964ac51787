/** Ten thousand keys that nobody has seen before: each opens a mailbox, or tries to, and each leaves something for one owner. */
import { hourOf, systemEnvironment } from '../../../src/environment.ts'
import { signDocuments } from '../../../src/client/documents.ts'
import { admissionOf, strangersLaneFrom } from '../../../src/client/strangers-lane.ts'
import type { BundleKey } from '../../../src/identity/bundle.ts'
import { generateIdentity, type PrivateIdentity } from '../../../src/identity/keys.ts'
import { createOwnerAuth, scopes } from '../../../src/identity/ownerauth.ts'
import { peerBytes } from '../../../src/identity/peer.ts'
import { generatePrekey } from '../../../src/identity/prekey.ts'
import { stampProof } from '../../../src/identity/proof.ts'
import { recordId } from '../../../src/identity/record.ts'
import { stampPrefix } from '../../../src/identity/stamp.ts'
import { ladderBytes } from '../../../src/limits.ts'
import type { OwnerRequest } from '../../../src/wire/messages.js'
import { protocols } from '../../../src/wire/port.ts'
import type { Attack } from '../attack.ts'
import type { Attacker } from '../attacker.ts'
import { groups } from '../attacker.ts'
import { depositLines, keyOf, type Line, Lines, mailboxOf, noiseRecord, stampFor } from '../forging.ts'

const keys = 10_000
const crew = 2
/** One key in so many has done the work that is asked for, which is made cheap here. */
const paidShare = 20
const bits = 12
/** Nonces made up by chance are as good as paid for, once in 2^bits; this is far more than chance gives. */
const luckyMax = 10 + (4 * keys) / 2 ** bits

/** What opens a mailbox at a relay, if it lets it be opened. */
async function registration(
  attacker: Attacker,
  line: Line,
  { owner, relay, paid }: { owner: PrivateIdentity; relay: string; paid: boolean }
): Promise<OwnerRequest> {
  const nowHour = hourOf(Date.now())
  const prekey = await generatePrekey(1, { nowHour, random: systemEnvironment.random })
  const { bundle, locator } = await signDocuments(owner, {
    relays: [{ id: relay, addresses: [...attacker.relay(0).addresses], role: 'active' }],
    keys: [prekey],
    admission: admissionOf(strangersLaneFrom(), [], undefined, nowHour),
    locatorSeq: 1,
    bundleSeq: 1,
    nowHour
  })
  const { challenge } = await line.owner({ challenge: {} })
  const auth = await createOwnerAuth(owner, {
    relay: peerBytes(relay),
    client: line.self,
    nonce: challenge?.nonce ?? new Uint8Array(0),
    mailbox: owner.key,
    scopes: scopes.all,
    expiresHour: nowHour + 2
  })
  await line.owner({ auth })
  const nonce = paid ? stampFor(stampPrefix('registration', owner.key), bits) : attacker.chance.bytes(8)
  return { register: { locator: locator.bytes, bundle: bundle.bytes, nonce } }
}

async function deposit(attacker: Attacker, line: Line, key: BundleKey, paid: boolean): Promise<void> {
  const record = noiseRecord(attacker, key, ladderBytes[0] ?? 0)
  const prefix = stampPrefix('record', mailboxOf(attacker), recordId(record))
  await line.deposit(record, stampProof(paid ? stampFor(prefix, bits) : attacker.chance.bytes(8)))
}

export const quotaStuffing: Attack = {
  name: 'quota-stuffing',
  title: `${keys.toLocaleString('en')} fresh keys from ${crew * groups} groups, each with a registration and a deposit; one in ${paidShare} with a stamp of ${bits} bits, which is what relays and owner ask for here`,
  crew,
  toTheEnd: true,
  setting: { registrationBits: bits, strangersBits: bits },
  strike: async attacker => {
    const [deposits, owners] = [depositLines(attacker), new Lines(attacker, protocols.owner)]
    const key = await keyOf(attacker, await deposits.at(0))
    await attacker.times(keys / crew, 32, async n => {
      const at = n % groups
      attacker.count('keys')
      const paid = n % paidShare === 0
      await deposit(attacker, await deposits.at(at), key, paid)
      const relay = attacker.relay(at).id
      const line = await owners.at(at)
      await line.owner(await registration(attacker, line, { owner: generateIdentity(), relay, paid }))
      if (paid) attacker.count('keys with stamps')
    })
  },
  judge: async (_scene, counts) => {
    const opened = counts.get('register OK') ?? 0
    const paid = counts.get('keys with stamps') ?? 0
    const taken = counts.get('deposit OK') ?? 0
    return await Promise.resolve([
      ...(opened > paid + luckyMax ? [`${opened} mailboxes were opened and ${paid} paid for`] : []),
      ...(taken > paid + luckyMax ? [`${taken} records of strangers were taken and ${paid} paid for`] : [])
    ])
  }
}
