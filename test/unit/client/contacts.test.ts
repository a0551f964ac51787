import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import { systemEnvironment } from '../../../src/environment.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { all, BreakableLevel, World } from '../../helpers/clients.ts'

const [alice, carol] = [generateIdentity(), generateIdentity()]

async function scene(t: TestContext): Promise<{ bob: Mailbox; reopen: () => Promise<Mailbox>; store: BreakableLevel }> {
  // two looks at this clock never see the same time
  let ms = Date.now()
  const world = new World(3, { ...systemEnvironment, now: () => ms++ })
  t.after(async () => {
    await world.close()
  })
  const [identity, store] = [generateIdentity(), new BreakableLevel()]
  const reopen = async (): Promise<Mailbox> => await world.mailbox({ identity, store })
  return { bob: await reopen(), reopen, store }
}

test('a contact is found by address and by name in any case, and survives a restart', async t => {
  const { bob, reopen } = await scene(t)
  const added = await bob.contacts.add({ address: alice.address, name: ' Alice ' })
  assert.deepEqual([added.name, added.blocked, added.verifiedMs], ['Alice', false, undefined])
  await bob.close()
  const again = await reopen()
  for (const key of [alice.address, 'Alice', 'ALICE', 'ａｌｉｃｅ'])
    assert.deepEqual(await again.contacts.get(key), added)
  assert.equal(await again.contacts.get('nobody'), undefined)
})

test('a name is one contact only, and the error names the holder', async t => {
  const { bob } = await scene(t)
  await bob.contacts.add({ address: alice.address, name: 'Alice' })
  await assert.rejects(bob.contacts.add({ address: carol.address, name: 'ALICE' }), {
    code: 'CONTACT',
    message: `"Alice" is the name of the contact ${alice.address} already: choose another name.`
  })
  await assert.rejects(bob.contacts.add({ address: alice.address, name: 'Al' }), {
    code: 'CONTACT',
    message: /is the contact "Alice" already/
  })
  await bob.contacts.add({ address: carol.address, name: 'Carol' })
  await assert.rejects(bob.contacts.rename('Carol', 'alice'), { code: 'CONTACT' })
  assert.deepEqual(
    (await all(bob.contacts.list())).map(({ name }) => name),
    ['Alice', 'Carol']
  )
})

test('two contacts added at once under one name are one contact and one error', async t => {
  const { bob } = await scene(t)
  const both = await Promise.allSettled([
    bob.contacts.add({ address: alice.address, name: 'A' }),
    bob.contacts.add({ address: carol.address, name: 'a' })
  ])
  assert.deepEqual(
    both.map(({ status }) => status),
    ['fulfilled', 'rejected']
  )
})

test('a contact can be renamed, also in case alone, and its former name is free', async t => {
  const { bob } = await scene(t)
  await bob.contacts.add({ address: alice.address, name: 'alice' })
  assert.equal((await bob.contacts.rename('alice', 'Alice')).name, 'Alice')
  await bob.contacts.rename(alice.address, 'Ally')
  assert.equal(await bob.contacts.get('Alice'), undefined)
  await bob.contacts.add({ address: carol.address, name: 'Alice' })
  await bob.contacts.remove('Alice')
  assert.deepEqual(
    (await all(bob.contacts.list())).map(({ name }) => name),
    ['Ally']
  )
})

test('what is no contact, no address or no name is said', async t => {
  const { bob } = await scene(t)
  for (const work of [
    bob.contacts.rename('nobody', 'somebody'),
    bob.contacts.remove('nobody'),
    bob.contacts.verify(alice.address),
    bob.contacts.unverify('nobody'),
    bob.contacts.block('nobody'),
    bob.contacts.unblock('nobody'),
    bob.contacts.add({ address: alice.address, name: 'a\u202eb' })
  ])
    await assert.rejects(work, { code: 'CONTACT' })
  await assert.rejects(bob.contacts.add({ address: 'bbaarei', name: 'x' }), { code: 'ADDRESS' })
  await assert.rejects(bob.contacts.block('bbaarei'), { code: 'ADDRESS' })
})

test('both sides see one safety number, the right one verifies and another does not', async t => {
  const { bob } = await scene(t)
  const world = new World()
  t.after(async () => {
    await world.close()
  })
  const her = await world.mailbox({ identity: alice })
  const number = her.safetyNumber(bob.address)
  assert.equal(bob.safetyNumber(alice.address), number)
  await bob.contacts.add({ address: alice.address, name: 'Alice' })
  await assert.rejects(bob.contacts.verify('Alice', bob.safetyNumber(carol.address)), {
    code: 'CONTACT',
    message: /^This is not the safety number with "Alice"/
  })
  await assert.rejects(bob.contacts.verify('Alice', '12345'), { code: 'CONTACT', message: /60 digits/ })
  assert.equal((await bob.contacts.get('Alice'))?.verifiedMs, undefined)
  assert.ok((await bob.contacts.verify('Alice', number.replaceAll(' ', ''))).verifiedMs !== undefined)
  assert.ok((await bob.contacts.rename('Alice', 'Ally')).verifiedMs !== undefined)
  assert.equal((await bob.contacts.unverify('Ally')).verifiedMs, undefined)
})

test('an address is blocked with and without being a contact, and stays blocked when the contact goes', async t => {
  const { bob } = await scene(t)
  await bob.contacts.add({ address: alice.address, name: 'Alice' })
  await bob.contacts.block('Alice')
  await bob.contacts.block(carol.address)
  await bob.contacts.block(carol.address)
  assert.equal((await bob.contacts.get('Alice'))?.blocked, true)
  await bob.contacts.remove('Alice')
  const blocked = async (): Promise<string[]> => (await all(bob.contacts.blocked())).map(({ address }) => address)
  assert.deepEqual(await blocked(), [alice.address, carol.address].toSorted())
  await bob.contacts.unblock(alice.address)
  await bob.contacts.unblock(alice.address)
  assert.deepEqual(await blocked(), [carol.address])
})

test('a change of contacts that the disk refuses is not half there', async t => {
  const { bob, reopen, store } = await scene(t)
  await bob.contacts.add({ address: alice.address, name: 'Alice' })
  store.left = 0
  for (const work of [
    () => bob.contacts.add({ address: carol.address, name: 'Carol' }),
    () => bob.contacts.rename('Alice', 'Ally'),
    () => bob.contacts.remove('Alice'),
    () => bob.contacts.block('Alice')
  ])
    await assert.rejects(work, { code: 'STORE' })
  store.left = Infinity
  await bob.close()
  const again = await reopen()
  const list = await all(again.contacts.list())
  assert.deepEqual(
    list.map(({ name, blocked }) => [name, blocked]),
    [['Alice', false]]
  )
  await again.contacts.add({ address: carol.address, name: 'Carol' })
})
