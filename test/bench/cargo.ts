/** What the relay is given to carry: mailboxes with their keys, and sealed records for them. */
import { hourOf, systemEnvironment } from '../../src/environment.ts'
import { open, seal } from '../../src/identity/envelope.ts'
import { generateIdentity, type PrivateIdentity } from '../../src/identity/keys.ts'
import { generatePrekey, type Prekey } from '../../src/identity/prekey.ts'
import { Record } from '../../src/wire/messages.js'
import { mailboxOf, type Work } from './system.ts'

export interface Owner {
  readonly identity: PrivateIdentity
  readonly prekey: Prekey
}

export interface Sealed {
  readonly record: Record
  readonly id: Uint8Array
}

export interface Cargo {
  readonly work: Work
  readonly owners: readonly Owner[]
  /** Bytes of one encoded record: what the relay receives, keeps and gives back. */
  readonly recordBytes: number
  /** Message `i`, sealed. */
  readonly sealed: (i: number) => Promise<Sealed>
  /** Called with each record that a collector receives. */
  readonly received: (owner: Owner, record: Record) => Promise<void>
}

export interface CargoInit {
  readonly work: Work
  readonly bodyBytes: number
  readonly suite: 1 | 2
  /** True: sealed when it is left and opened when it is collected, so that both count. */
  readonly live: boolean
}

const ttlHours = 24

export async function prepareCargo(init: CargoInit): Promise<Cargo> {
  const { now, random } = systemEnvironment
  const nowHour = hourOf(now())
  const sender = generateIdentity()
  const owners: Owner[] = []
  for (let n = 0; n < init.work.mailboxes + init.work.warmMailboxes; n++) {
    owners.push({ identity: generateIdentity(), prekey: await generatePrekey(init.suite, { nowHour, random }) })
  }
  const sealOne = async (i: number): Promise<Sealed> => {
    const { identity, prekey } = owners[mailboxOf(init.work, i)]!
    return await seal({
      mailbox: identity.key,
      key: prekey,
      sender,
      message: { contentType: 'application/octet-stream', body: random(init.bodyBytes), createdMs: now() },
      expiresHour: nowHour + ttlHours,
      random
    })
  }
  const ready: Sealed[] = []
  for (let i = 0; i < (init.live ? 1 : init.work.messages + init.work.warmMessages); i++) ready.push(await sealOne(i))
  return {
    work: init.work,
    owners,
    recordBytes: Record.encode(ready[0]!.record).byteLength,
    sealed: async i => (init.live ? await sealOne(i) : ready[i]!),
    received: async (owner, record) => {
      if (init.live) await openOne(owner, record, init.bodyBytes)
    }
  }
}

async function openOne({ identity, prekey }: Owner, record: Record, bodyBytes: number): Promise<void> {
  const keys = new Map([[Buffer.from(prekey.keyId).toString('hex'), prekey]])
  const opened = await open(record, { mailbox: identity.key, keys })
  if (opened?.body.byteLength !== bodyBytes) throw new Error('a record did not open to what was sealed')
}
