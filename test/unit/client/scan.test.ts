import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Mailbox } from '../../../src/client/mailbox.ts'
import type { Database } from '../../../src/client/store.ts'
import { generateIdentity } from '../../../src/identity/keys.ts'
import { audit } from '../../helpers/books.ts'
import { all, BreakableLevel, World } from '../../helpers/clients.ts'
import { fill } from '../../helpers/filled.ts'

/** A store that counts what is read of it. */
class Counted implements Database {
  readonly #database: Database = new BreakableLevel()
  reads = 0

  open: Database['open'] = async () => {
    await this.#database.open()
  }
  batch: Database['batch'] = async (operations, options) => {
    await this.#database.batch(operations, options)
  }
  get: Database['get'] = async (key, options) => {
    this.reads++
    return await this.#database.get(key, options)
  }
  getMany: Database['getMany'] = async (keys, options) => {
    this.reads += keys.length
    return await this.#database.getMany(keys, options)
  }
  iterator: Database['iterator'] = options => {
    const iterator = this.#database.iterator(options)
    const entries = async function* (read: () => void): AsyncGenerator<[string, Uint8Array]> {
      for await (const entry of iterator) {
        read()
        yield entry
      }
    }
    const counted = entries(() => {
      this.reads++
    })
    return Object.assign(counted, {
      close: async () => {
        await iterator.close()
      }
    })
  }
}

const peers = Array.from({ length: 4 }, () => generateIdentity().address)
const questions: Record<string, (mailbox: Mailbox) => Promise<unknown>> = {
  'first page': async ({ inbox }) => await inbox.page({ limit: 10 }),
  'first page of unread': async ({ inbox }) => await inbox.page({ limit: 5, status: 'unread' }),
  'page of one sender': async ({ inbox }) => await inbox.page({ limit: 5, from: peers[1] ?? '' }),
  'page by time': async ({ inbox }) => await inbox.page({ limit: 5, until: Number.MAX_SAFE_INTEGER, since: 0 }),
  'unread count': async ({ inbox }) => await inbox.counts(),
  'unread count of one sender': async ({ inbox }) => await inbox.counts({ from: peers[1] ?? '' }),
  'conversation page': async ({ inbox }) => await inbox.conversationPage(peers[1] ?? '', { limit: 5 }),
  conversations: async ({ inbox }) => await inbox.conversations(),
  'sentbox page': async ({ sentbox }) => await sentbox.page({ limit: 5 }),
  'reading one': async ({ inbox }) => {
    const [item] = await all(inbox.list({ limit: 1, status: 'unread' }))
    await inbox.read(item?.id ?? '')
  },
  'deleting one': async ({ inbox }) => {
    const [item] = await all(inbox.list({ limit: 1 }))
    await inbox.delete(item?.id ?? '')
  }
}

test('what is asked of a store of 1,200 messages reads as many entries as of one of 120', async t => {
  const world = new World(1)
  t.after(async () => {
    await world.close()
  })
  const reads = []
  for (const messages of [120, 1_200]) {
    const identity = generateIdentity()
    const store = new Counted()
    await fill(store, identity, { messages, peers, bodyBytes: 10, unreadShare: 5 })
    await audit(store, identity)
    const mailbox = await world.mailbox({ identity, store })
    const counts: Record<string, number> = {}
    for (const [name, ask] of Object.entries(questions)) {
      store.reads = 0
      await ask(mailbox)
      counts[name] = store.reads
    }
    await audit(store, identity)
    reads.push(counts)
  }
  const [few, many] = reads
  assert.ok(Object.values(few ?? {}).every(count => count > 0))
  assert.deepEqual(many, few)
})
