/** Whether what a client's store says of other people agrees with itself, and with the lists. */
import assert from 'node:assert/strict'
import type { Database } from '../../src/client/store.ts'
import { LocalStore } from '../../src/client/store.ts'
import { foldedName } from '../../src/identity/name.ts'
import type { Identity } from '../../src/identity/keys.ts'
import { audit } from './books.ts'
import { all } from './clients.ts'

/** As `audit`, and besides: contacts have their names, and everything is counted right. `crashed`: something may be left to do. */
export async function auditPeople(
  database: Database,
  identity: Pick<Identity, 'key' | 'address'>,
  crashed: boolean = false
): Promise<void> {
  await audit(database, identity)
  const store = await LocalStore.open(database, identity.key)
  const contacts = await all(store.contacts.entries())
  const names = await all(store.names.entries())
  assert.deepEqual(
    new Map(names),
    new Map(contacts.map(([address, { name }]) => [foldedName(name), address] as const)),
    'every contact has its name, and no name is left over'
  )
  for (const table of ['contacts', 'blocked', 'known', 'waiting'] as const) {
    const { length } = await all(store[table].keys())
    assert.equal((await store.tally.get(table)) ?? 0, length, `the tally says how many ${table} there are`)
  }
  if (!crashed)
    assert.deepEqual(await all(store.settling.keys()), [], 'what follows from a change of standing has been done')
}
