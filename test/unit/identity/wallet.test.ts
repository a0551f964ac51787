import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { inspect } from 'node:util'
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import type { Identity } from '../../../src/identity/keys.ts'
import { identityFromSeed, verify } from '../../../src/identity/keys.ts'
import { lastResortPrekeys } from '../../../src/identity/prekey.ts'
import { identityFromWallet, type Wallet } from '../../../src/identity/wallet.ts'
import { walletAnswerMs } from '../../../src/limits.ts'
import { all, ManualClock, World } from '../../helpers/clients.ts'
import { FakeHsm } from '../../helpers/hsm.ts'
import { alice, bob, fixedBytes, hex } from '../../vectors/fixed.ts'

const worlds: World[] = []
after(async () => {
  for (const world of worlds) await world.close()
})

const hsmOf = (): FakeHsm => new FakeHsm(bob.seed, fixedBytes('scalar of the module', 32))
const opens = (hsm: FakeHsm): Wallet => {
  const { publicKey, sign, open, openKey } = hsm
  return { publicKey, sign, open, openKeys: [{ suite: 1, publicKey: openKey }] }
}
const derives = ({ publicKey, sign }: FakeHsm): Wallet => ({
  publicKey,
  sign,
  lastResortSeed: async (suite, epoch) => Promise.resolve(fixedBytes(`derived ${suite} ${epoch}`, 32))
})
const signs = ({ publicKey, sign }: FakeHsm): Wallet => ({ publicKey, sign })

/** Each way in which a wallet may keep or give last-resort keys. */
const kinds = [
  ['opens itself', opens],
  ['derives a seed', derives],
  ['only signs', signs]
] as const

const days = (count: number): number => count * 24 * 3_600_000

const bodies = async (mailbox: Mailbox): Promise<string[]> => {
  await mailbox.inbox.pull()
  const messages = await all(mailbox.inbox.list())
  return messages.flatMap(item => ('body' in item ? [new TextDecoder().decode(item.body)] : []))
}

for (const [kind, walletOf] of kinds) {
  test(`a wallet that ${kind} sends and receives, and never gives its seed`, async () => {
    const world = new World()
    worlds.push(world)
    const hsm = hsmOf()
    const identity = await identityFromWallet(walletOf(hsm))
    assert.equal(identity.address, bob.address)
    assert.ok(!inspect(identity, { depth: 5, showHidden: true }).includes(hex(bob.seed).slice(0, 8)))
    const owner = await world.registered({ identity })
    const friend = await world.registered({ identity: alice })
    await (await friend.send(bob.address, 'to the wallet')).stored()
    assert.deepEqual(await bodies(owner), ['to the wallet'])
    await (await owner.send(alice.address, 'from the wallet')).stored()
    await friend.inbox.pull()
    const [message] = await all(friend.inbox.list())
    assert.ok(message !== undefined && 'from' in message)
    assert.equal(message.from, bob.address)
  })

  test(`mail to the last-resort key of a wallet that ${kind} is read with nothing but the wallet`, async () => {
    const clock = new ManualClock()
    const world = new World(3, clock)
    worlds.push(world)
    const first = await world.registered({ identity: await identityFromWallet(walletOf(hsmOf()), { env: clock }) })
    await first.close()
    // its rotating keys have ended, its bundle has not
    clock.advance(days(31))
    const friend = await world.mailbox({ identity: alice })
    await (await friend.send(bob.address, 'after a month')).stored()
    const hsm = hsmOf()
    // another machine with an empty store
    const restored = await world.registered({ identity: await identityFromWallet(walletOf(hsm), { env: clock }) })
    const before = hsm.opened
    assert.deepEqual(await bodies(restored), ['after a month'])
    assert.equal(hsm.opened - before, kind === 'opens itself' ? 1 : 0)
  })
}

test('each answer of a wallet is checked when it is used, not only at the start', async () => {
  const hsm = hsmOf()
  const identity = await identityFromWallet(signs(hsm))
  const message = new TextEncoder().encode('a message')
  assert.ok(verify(identity.key, message, await identity.sign(message)))
  hsm.answer = 'no'
  await assert.rejects(identity.sign(message), {
    code: 'WALLET',
    message: /refused to sign \(declined at the device\)/
  })
})

test('what a wallet is asked to sign at the start is of a domain of its own', async () => {
  const text = (hsm: FakeHsm): string[] =>
    hsm.signed.map(message => Buffer.from(message).toString('latin1').slice(0, 23))
  const [opening, signing] = [hsmOf(), hsmOf()]
  await identityFromWallet(opens(opening))
  await identityFromWallet(signs(signing))
  assert.deepEqual(text(opening), ['\x16mailbox/1/wallet-probe'])
  assert.deepEqual(
    text(signing),
    ['\x17mailbox/1/wallet-secret', '\x17mailbox/1/wallet-secret'].map(t => t.slice(0, 23))
  )
})

test('a wallet that refuses at the start is WALLET with its reason', async () => {
  const hsm = hsmOf()
  hsm.answer = 'no'
  for (const [, walletOf] of kinds) {
    await assert.rejects(identityFromWallet(walletOf(hsm)), { code: 'WALLET', message: /declined at the device/ })
  }
})

test('a wallet that says nothing is WALLET at its deadline, and is told to stop', async () => {
  const clock = new ManualClock()
  let told: unknown
  const wallet: Wallet = {
    publicKey: bob.key,
    sign: async (_message, { signal }) => {
      signal.addEventListener('abort', () => {
        told = signal.reason
      })
      return await new Promise<never>(() => undefined)
    }
  }
  const opening = identityFromWallet(wallet, { env: clock })
  clock.advance(walletAnswerMs)
  await assert.rejects(opening, { code: 'WALLET', message: /did not sign within 120000 ms/, retryable: true })
  assert.equal((told as { code?: string }).code, 'WALLET')
})

test('the checks at the start end when their signal aborts', async () => {
  const hsm = hsmOf()
  hsm.answer = 'nothing'
  const stop = new AbortController()
  const opening = identityFromWallet(signs(hsm), { signal: stop.signal, env: new ManualClock() })
  stop.abort()
  await assert.rejects(opening, { code: 'ABORTED' })
  await assert.rejects(identityFromWallet(signs(hsm), { signal: stop.signal, env: new ManualClock() }), {
    code: 'ABORTED'
  })
})

const bad: ReadonlyArray<[name: string, wallet: Wallet, said: RegExp]> = [
  [
    'signs with another key',
    { publicKey: bob.key, sign: async message => await alice.sign(message) },
    /no Ed25519 signature of these bytes/
  ],
  [
    'signs with a prefix',
    { publicKey: bob.key, sign: async message => await bob.sign(Uint8Array.of(0x19, ...message)) },
    /prefix or prehash/
  ],
  [
    'gives 63 bytes',
    { publicKey: bob.key, sign: async message => (await bob.sign(message)).subarray(1) },
    /no Ed25519 signature/
  ],
  [
    'gives a string',
    { publicKey: bob.key, sign: async () => Promise.resolve('aa'.repeat(64) as unknown as Uint8Array) },
    /no Ed25519 signature/
  ],
  [
    'opens nothing',
    { ...opens(hsmOf()), open: async () => Promise.resolve(undefined) },
    /does not open what is sealed to its own key of suite 1/
  ],
  [
    'opens to other bytes',
    { ...opens(hsmOf()), open: async () => Promise.resolve(new Uint8Array(32)) },
    /does not open/
  ],
  ['opens with no key', { ...opens(hsmOf()), openKeys: [] }, /one key for each suite/]
]
for (const [name, wallet, said] of bad) {
  test(`a wallet that ${name} is WALLET at the start`, async () => {
    await assert.rejects(identityFromWallet(wallet), { code: 'WALLET', message: said })
  })
}

/** Valid signatures with another nonce each time, as a threshold wallet makes them. */
function hedgedSigner(seed: Uint8Array): Wallet['sign'] {
  const { Point, utils } = ed25519
  const { scalar, pointBytes } = utils.getExtendedPublicKey(seed)
  const order = Point.Fn.ORDER
  const little = (bytes: Uint8Array): bigint => BigInt(`0x${hex(bytes.toReversed())}`) % order
  let nonce = 0
  return async message => {
    const r = little(sha512(Uint8Array.of(++nonce)))
    const commitment = Point.BASE.multiply(r).toBytes()
    const challenge = little(sha512(Uint8Array.of(...commitment, ...pointBytes, ...message)))
    const response = Point.Fn.toBytes((r + challenge * scalar) % order)
    return Promise.resolve(Uint8Array.of(...commitment, ...response))
  }
}

test('a wallet whose signatures differ from time to time cannot give last-resort keys by signing', async () => {
  const sign = hedgedSigner(bob.seed)
  await assert.rejects(identityFromWallet({ publicKey: bob.key, sign }), {
    code: 'WALLET',
    message: /differently each time.*supply lastResortSeed, or open and openKeys/
  })
  const given = { publicKey: bob.key, sign, lastResortSeed: async () => Promise.resolve(new Uint8Array(32)) }
  assert.equal((await identityFromWallet(given)).address, bob.address)
})

test('a public key that is none is KEY, and half of an opener is a mistake of the program', async () => {
  const { sign, open } = hsmOf()
  await assert.rejects(identityFromWallet({ publicKey: new Uint8Array(32), sign }), { code: 'KEY' })
  await assert.rejects(identityFromWallet({ publicKey: bob.key, sign, open }), TypeError)
})

test('a seed of another length is WALLET', async () => {
  const { publicKey, sign } = hsmOf()
  const identity = await identityFromWallet({
    publicKey,
    sign,
    lastResortSeed: async () => Promise.resolve(new Uint8Array(31))
  })
  await assert.rejects(identity.lastResortSeed(1, 0), { code: 'WALLET', message: /no 32 bytes/ })
})

test('suites, epochs and wallets have different last-resort keys, and a wallet the same ones each time', async () => {
  const secrets = async (identity: Identity): Promise<string[]> => [
    ...(await lastResortPrekeys(identity, [1, 2], 0)).map(key => hex(key.publicKey)),
    ...(await lastResortPrekeys(identity, [1], 1)).map(key => hex(key.publicKey))
  ]
  const first = await secrets(await identityFromWallet(signs(hsmOf())))
  const second = await secrets(await identityFromWallet(signs(hsmOf())))
  const other = await secrets(await identityFromWallet({ publicKey: alice.key, sign: alice.sign.bind(alice) }))
  assert.deepEqual(first, second)
  assert.equal(new Set([...first, ...other, ...(await secrets(identityFromSeed(bob.seed)))]).size, 9)
})
