/** Who may open a mailbox, asked of relay processes: each policy of SPEC §8.2, who it lets in and who it does not. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test, type TestContext } from 'node:test'
import { MemoryLevel } from 'memory-level'
import { Mailbox } from '../../src/client/mailbox.ts'
import { Owner } from '../../src/client/owner.ts'
import { systemEnvironment } from '../../src/environment.ts'
import { isMailboxError } from '../../src/errors.ts'
import { openBundle, signBundle } from '../../src/identity/bundle.ts'
import { generateIdentity, type PrivateIdentity } from '../../src/identity/keys.ts'
import { openLocator, signLocator } from '../../src/identity/locator.ts'
import { stampBits, stampPrefix } from '../../src/identity/stamp.ts'
import { RawPeer } from '../helpers/raw.ts'
import { Testnet, until } from '../helpers/testnet.ts'

const folder = mkdtempSync(join(tmpdir(), 'mailbox-registration-'))
after(() => {
  rmSync(folder, { recursive: true })
})
const allowed = join(folder, 'allowed.txt')
const listed = generateIdentity()
writeFileSync(allowed, `# friends\n${listed.address} # the first\n`)

const nets = {
  open: await Testnet.start(1, { flags: ['--registration', 'open', '--registration-bits', '9'] }),
  invite: await Testnet.start(1, { flags: ['--registration', 'invite'] }),
  'allow-list': await Testnet.start(1, { flags: ['--registration', 'allow-list', '--allow-list', allowed] })
} as const
type Policy = keyof typeof nets

async function client(
  t: TestContext,
  policy: Policy,
  identity: PrivateIdentity = generateIdentity()
): Promise<Mailbox> {
  const { address } = nets[policy].relay(0)
  const mailbox = await Mailbox.open({ identity, store: new MemoryLevel(), bootstrap: [address] })
  t.after(async () => {
    await mailbox.close()
  })
  return mailbox
}

/** Registers at the one relay there is. @returns `open`, or why not */
async function registering(policy: Policy, mailbox: Mailbox, invites: readonly string[] = []): Promise<string> {
  const { address } = nets[policy].relay(0)
  try {
    const { relays } = await mailbox.register({ relays: [address], invites })
    assert.equal(relays.length, 1)
    return 'open'
  } catch (error) {
    if (!isMailboxError(error)) throw error
    const [, why = ''] = /\((?:\w+:? )?(.*)\)\.$/.exec(error.message) ?? []
    return `${error.code}: ${why}`
  }
}

const mailboxes = async (policy: Policy): Promise<number> => await nets[policy].metric(0, 'mailbox_mailboxes')

async function ownerOf(t: TestContext, identity: PrivateIdentity): Promise<Owner> {
  const peer = await RawPeer.start()
  t.after(async () => {
    await peer.stop()
  })
  return new Owner({ network: peer.network, identity, env: systemEnvironment })
}

test('open: whoever makes the proof of work that the relay asks for, and nobody without it', async t => {
  const { id, address } = nets.open.relay(0)
  const relay = { id, addresses: [address] }
  const [bob, stranger] = [generateIdentity(), generateIdentity()]
  const asked = new Set<number>()
  const mailbox = await client(t, 'open', bob)
  await mailbox.register({
    relays: [address],
    progress: (_hashes, expected) => {
      asked.add(expected)
    }
  })
  assert.deepEqual([...asked], [2 ** 9], 'nine bits were asked for, and made')
  // a program that makes none, with documents that are as good as Bob's
  const { mailbox: held } = await (await ownerOf(t, bob)).call(relay, { status: { mailbox: bob.key } })
  assert(held?.locator !== undefined && held.bundle !== undefined)
  const { bytes: locator } = await signLocator(stranger, await openLocator(held.locator, {}))
  const { bytes: bundle } = await signBundle(stranger, await openBundle(held.bundle, {}))
  const owner = await ownerOf(t, stranger)
  const prefix = stampPrefix('registration', stranger.key)
  const nonces = Array.from({ length: 256 }, (_, n) => new Uint8Array(8).fill(n))
  const nonce = nonces.find(one => stampBits(prefix, one) === 0)
  assert(nonce !== undefined)
  for (const stamp of [{}, { nonce }])
    await assert.rejects(owner.call(relay, { register: { locator, bundle, ...stamp } }), { code: 'POW', powBits: 9 })
  assert.equal(await mailboxes('open'), 1)
})

test('invite: who shows an invite of this relay that has opened nothing yet, once', async t => {
  const net = nets.invite
  const [made] = await net.run('R0', 'relay', 'invite', '--registration', 'invite')
  const [invite] = made?.invites as string[]
  assert(invite !== undefined)
  const [guest, second] = [await client(t, 'invite'), await client(t, 'invite')]
  assert.match(await registering('invite', guest), /^TOO_FEW_RELAYS: .*asks for an invite/)
  const [foreign] = await nets.open.run('R0', 'relay', 'invite')
  assert.match(await registering('invite', guest, foreign?.invites as string[]), /^INVITATION: /)
  assert.equal(await mailboxes('invite'), 0)
  assert.equal(await registering('invite', guest, [invite]), 'open')
  assert.match(await registering('invite', second, [invite]), /^INVITATION: .*used before/)
  // who is held is asked for nothing, whatever becomes of the relay's process
  await net.kill(0)
  await net.restart(0)
  assert.equal(await registering('invite', guest), 'open')
  assert.match(await registering('invite', second, [invite]), /^INVITATION: .*used before/)
  assert.equal(await mailboxes('invite'), 1)
})

test('allow-list: those in the file, which is read again when it changes', async t => {
  const [friend, late] = [await client(t, 'allow-list', listed), generateIdentity()]
  const other = await client(t, 'allow-list', late)
  assert.equal(await registering('allow-list', friend), 'open')
  assert.match(await registering('allow-list', other), /^TOO_FEW_RELAYS: .*its operator has listed/)
  assert.equal(await mailboxes('allow-list'), 1)
  writeFileSync(allowed, `${listed.address}\n${late.address}\n`)
  await until(async () => (await registering('allow-list', other)) === 'open', 'the file is not read again')
  assert.equal(await mailboxes('allow-list'), 2)
})
