import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Mailbox } from '../../src/client/mailbox.ts'
import { LocalStore, Table } from '../../src/client/store.ts'
import { openDirectory, openStore } from '../../src/daemon/directory.ts'
import type { DataDirectory } from '../../src/daemon/directory.ts'
import { createSecret } from '../../src/daemon/file.ts'
import { hourOf } from '../../src/environment.ts'
import { signInvitation } from '../../src/identity/invitation.ts'
import type { PrivateIdentity } from '../../src/identity/keys.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { World } from '../helpers/clients.ts'
import { peerIdOf } from '../helpers/fake-relay.ts'
import { perform, readScenes } from '../helpers/transcript.ts'

// what is in a local store, without any relay; the scenes share the stores and run in order
const dir = mkdtempSync(join(tmpdir(), 'mailbox-cli-'))
after(() => {
  rmSync(dir, { recursive: true })
})

const world = new World(4)
const alice = generateIdentity()
const bob = generateIdentity()
const carol = generateIdentity()
const nasty = '\u001b]0;owned\u0007\u001b[2J\u009b31m\r\u202egnp.exe\u2066\u200b\u2028'

async function directoryOf(name: string, identity: PrivateIdentity): Promise<DataDirectory> {
  const directory = await openDirectory(join(dir, name), 'client')
  assert.ok(await createSecret(join(directory.path, 'identity.key'), `${identity.toText()}\n`))
  return directory
}

async function using(
  directory: DataDirectory,
  identity: PrivateIdentity,
  work: (mailbox: Mailbox) => Promise<void>
): Promise<void> {
  const store = await openStore(directory)
  const { network } = world.network.join(peerIdOf(generateIdentity()))
  const closest = async (): Promise<typeof relays> => await Promise.resolve(relays)
  const relays = world.relays.map(relay => relay.address)
  const mailbox = await Mailbox.open({ identity, store, network, closest })
  await work(mailbox)
  await mailbox.close()
  await store.close()
}

async function edit(
  directory: DataDirectory,
  identity: PrivateIdentity,
  work: (store: LocalStore) => Promise<void>
): Promise<void> {
  const database = await openStore(directory)
  await work(await LocalStore.open(database, identity.key))
  await database.close()
}

const alices = await directoryOf('alice', alice)
const bobs = await directoryOf('bob', bob)
const values = new Map([
  ['dir', dir],
  ['alice', alice.address],
  ['bob', bob.address],
  ['carol', carol.address],
  ['nasty', nasty]
])

await using(bobs, bob, async mailbox => {
  await mailbox.register()
  await mailbox.contacts.add({ address: alice.address, name: 'Alice' })
})
await using(alices, alice, async mailbox => {
  // one more than an invitation names
  await mailbox.register({ active: 4 })
  const send = async (name: string, body: string | Uint8Array, o: object): Promise<void> => {
    const sent = await mailbox.send(bob.address, body, o)
    await sent.stored()
    values.set(name, sent.id)
    values.set(`${name}8`, sent.id.slice(0, 8))
  }
  await send('plain', 'Hello Bob', {})
  await send('shouting', nasty, { subject: nasty, contentType: 'text/plain' })
  await send('typed', Uint8Array.of(1, 2, 3), {})
  await send('lost', 'This one rots.', {})
})
await using(await directoryOf('carol', carol), carol, async mailbox => {
  for (const [name, body] of [
    ['asked', 'May I?'],
    ['insisted', 'Please?']
  ] as const) {
    const sent = await mailbox.send(bob.address, body)
    await sent.stored()
    values.set(name, sent.id)
  }
})
await using(bobs, bob, async mailbox => {
  const { received, requests } = await mailbox.inbox.pull()
  assert.deepEqual([received, requests], [4, 2])
  await (await mailbox.send(alice.address, 'Hello Alice', { inReplyTo: values.get('plain') ?? '' })).stored()
})
await world.close()

// a row of a message that has rotted, and what our own code would refuse: a content type, and the name of a contact
const contentType = `image/${nasty}`.slice(0, 20)
const typed = values.get('typed') ?? ''
await edit(bobs, bob, async store => {
  const lost = await store.messages.get(values.get('lost') ?? '')
  assert.ok(lost !== undefined)
  const rotten = { ...lost, from: 7 } as unknown as typeof lost
  await store.commit([store.messages.put(values.get('lost') ?? '', rotten)])
  const row = await store.messages.get(typed)
  assert.ok(row !== undefined)
  await store.commit([store.messages.put(typed, { ...row, contentType })])
})
const mallory = generateIdentity()
values.set('mallory', mallory.address)
await edit(alices, alice, async store => {
  const row = await store.sent.get(typed)
  assert.ok(row !== undefined)
  await store.commit([store.sent.put(typed, { ...row, contentType })])
  await store.commit([
    store.contacts.put(mallory.address, { name: `Bob${nasty}`, addedMs: 1 }),
    store.names.put('mallory', mallory.address),
    store.tally.put('contacts', 1)
  ])
})

// a store of a later version, and one that LevelDB does not open
const newer = await openStore(await directoryOf('newer', alice))
await newer.batch([new Table(newer, 'format').put('', { format: 99, identity: alice.key })], {
  keyEncoding: 'utf8',
  valueEncoding: 'view'
})
await newer.close()
const corrupt = await directoryOf('corrupt', alice)
await (await openStore(corrupt)).close()
writeFileSync(join(corrupt.path, 'store', 'CURRENT'), 'MANIFEST-999999\n')

// directories whose identity is another's, gone, or no key; and one that a later version has laid out
for (const [name, text] of [
  ['foreign', `${bob.toText()}\n`],
  ['orphan', undefined],
  ['keyless', 'garbage\n'],
  ['later', `${carol.toText()}\n`]
] as const) {
  cpSync(join(dir, 'carol'), join(dir, name), { recursive: true })
  const key = join(dir, name, 'identity.key')
  if (text === undefined) rmSync(key)
  else writeFileSync(key, text)
}
writeFileSync(join(dir, 'later', 'format.json'), '{"format":"libp2p-mailbox client","version":99}')

const past = { token: randomBytes(16), expiresHour: hourOf(Date.now()) - 1, relays: [] }
values.set('expired', (await signInvitation(carol, past)).uri)

for (const scene of readScenes(join(import.meta.dirname, 'transcripts', 'local.txt'))) {
  test(scene.name, async () => {
    await perform(scene, values, { HOME: dir })
  })
}
