import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Mailbox } from '../../src/client/mailbox.ts'
import type { PrivateIdentity } from '../../src/identity/keys.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { audit } from '../helpers/books.ts'
import { BreakableLevel, sound, World } from '../helpers/clients.ts'

type Mark = 'read' | 'unread'
/** What a person sees: messages of the inbox, oldest first, each with its mark, and those of the sentbox. */
interface View {
  readonly inbox: ReadonlyArray<readonly [id: string, mark: Mark]>
  readonly sentbox: readonly string[]
}

/** A step, the messages it is about as places in the list, and how many batches its process lives. */
type Step = readonly [kind: keyof typeof steps, at: readonly number[], lives: number, unsure: boolean]

const chosen = (ids: readonly string[], at: readonly number[]): string[] => [
  ...new Set(at.flatMap(n => (ids.length === 0 ? [] : [ids[n % ids.length] ?? ''])))
]

interface Acted {
  readonly work: (mailbox: Mailbox) => Promise<unknown>
  readonly after: View
}

const marking =
  (mark: Mark) =>
  (view: View, at: readonly number[]): Acted => {
    const ids = chosen(
      view.inbox.map(([id]) => id),
      at
    )
    return {
      work: async mailbox => {
        await mailbox.inbox[mark](ids)
      },
      after: { ...view, inbox: view.inbox.map(([id, before]) => [id, ids.includes(id) ? mark : before]) }
    }
  }

const steps = {
  read: marking('read'),
  unread: marking('unread'),
  delete: (view: View, at: readonly number[]): Acted => {
    const ids = chosen(
      view.inbox.map(([id]) => id),
      at
    )
    return {
      work: async mailbox => {
        await mailbox.inbox.delete(ids)
      },
      after: { ...view, inbox: view.inbox.filter(([id]) => !ids.includes(id)) }
    }
  },
  'delete sent': (view: View, at: readonly number[]): Acted => {
    const ids = chosen(view.sentbox, at)
    return {
      work: async mailbox => {
        await mailbox.sentbox.delete(ids)
      },
      after: { ...view, sentbox: view.sentbox.filter(id => !ids.includes(id)) }
    }
  }
}

async function viewOf(mailbox: Mailbox): Promise<View> {
  const inbox = await sound(mailbox.inbox.list({ order: 'oldest' }))
  const sentbox = await sound(mailbox.sentbox.list({ order: 'oldest' }))
  const counts = await mailbox.inbox.counts()
  const view: View = {
    inbox: inbox.map(({ id, readMs }) => [id, readMs === undefined ? 'unread' : 'read']),
    sentbox: sentbox.map(({ id }) => id)
  }
  const unread = view.inbox.filter(([, mark]) => mark === 'unread').length
  assert.deepEqual(counts, { all: view.inbox.length, unread }, 'the counters say what the list says')
  return view
}

interface Machine {
  readonly world: World
  readonly identity: PrivateIdentity
  readonly store: BreakableLevel
}

/** A mailbox with `count` messages in the inbox and as many in the sentbox, from and to the same other. */
async function machine(count: number): Promise<Machine> {
  const world = new World(1)
  const identity = generateIdentity()
  const store = new BreakableLevel()
  const bob = await world.registered({ identity, store, ackPolicy: 'manual' })
  const alice = await world.registered()
  for (let n = 0; n < count; n++) {
    await alice.send(bob.address, `to bob ${n}`)
    await bob.send(alice.address, `to alice ${n}`)
  }
  await bob.inbox.pull()
  await bob.close()
  return { world, identity, store }
}

/** Runs `work` in a process of its own, which dies at the batch after `lives`; true: it came to its end. */
async function lived(
  { world, identity, store }: Machine,
  o: { lives: number; unsure: boolean },
  work: (mailbox: Mailbox) => Promise<unknown>
): Promise<boolean> {
  const mailbox = await world.mailbox({ identity, store, ackPolicy: 'manual' })
  Object.assign(store, { left: o.lives, unsure: o.unsure })
  const outcome = await work(mailbox).then(
    () => true,
    () => false
  )
  // what is left of the process writes nothing more
  store.left = 0
  await mailbox.close()
  Object.assign(store, { left: Infinity, unsure: false })
  return outcome
}

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom(...(Object.keys(steps) as Array<keyof typeof steps>)),
  fc.array(fc.nat(7), { minLength: 1, maxLength: 4 }),
  fc.nat(2),
  fc.boolean()
)

test('a process that dies at any batch of read, unread or delete leaves all of it or nothing, and books that are right', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async plan => {
      const made = await machine(3)
      const { world, identity, store } = made
      try {
        for (const [kind, at, lives, unsure] of plan) {
          await audit(store, identity)
          const look = await world.mailbox({ identity, store, ackPolicy: 'manual' })
          const before = await viewOf(look)
          await look.close()
          const { work, after } = steps[kind](before, at)
          const done = await lived(made, { lives, unsure }, work)
          await audit(store, identity)
          const again = await world.mailbox({ identity, store, ackPolicy: 'manual' })
          const found = await viewOf(again)
          await again.close()
          if (done) assert.deepEqual(found, after)
          else
            assert.ok(
              [before, after].some(view => JSON.stringify(view) === JSON.stringify(found)),
              'all or nothing'
            )
        }
      } finally {
        await world.close()
      }
    }),
    // a plan is short as it is, and each run makes mailboxes
    { numRuns: 12, endOnFailure: true }
  )
})

/** Three messages wait for a mailbox that pulls and answers; its process dies at the batch after `lives`. */
async function pullAndAnswer(lives: number, unsure: boolean): Promise<boolean> {
  const made = await machine(1)
  const { world, identity, store } = made
  try {
    const alice = await world.registered()
    for (let n = 0; n < 3; n++) await alice.send(identity.address, `${n}`)
    const done = await lived(made, { lives, unsure }, async mailbox => {
      await mailbox.inbox.pull()
      await (await mailbox.send(alice.address, 'answer')).stored()
    })
    await audit(store, identity)
    const again = await world.mailbox({ identity, store, ackPolicy: 'manual' })
    await again.inbox.pull()
    await again.outbox.flush()
    assert.equal((await viewOf(again)).inbox.length, 4, `after ${lives} batches`)
    await again.close()
    await audit(store, identity)
    return done
  } finally {
    await world.close()
  }
}

test('a process that dies at any batch of a pull or a send leaves books that are right', async () => {
  for (const unsure of [false, true])
    for (let lives = 0, done = false; !done; lives++) {
      assert.ok(lives < 30, 'a pull and a send have few batches')
      done = await pullAndAnswer(lives, unsure)
    }
})

test('whatever is read and deleted, the pages of every status are its messages in their order, each once', async t => {
  const { world, identity, store } = await machine(9)
  t.after(async () => {
    await world.close()
  })
  const mailbox = await world.mailbox({ identity, store, ackPolicy: 'manual' })
  const ids = (await viewOf(mailbox)).inbox.map(([id]) => id)
  const places = fc.uniqueArray(fc.nat(8), { maxLength: 9 })
  await fc.assert(
    fc.asyncProperty(
      places,
      places,
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      async (read, unread, limit, oldest) => {
        await mailbox.inbox.read(chosen(ids, read))
        await mailbox.inbox.unread(chosen(ids, unread))
        const { inbox } = await viewOf(mailbox)
        for (const status of ['all', 'read', 'unread'] as const) {
          const wanted = inbox.flatMap(([id, mark]) => (status === 'all' || status === mark ? [id] : []))
          const found: string[] = []
          for (let seek: string | undefined, more = true; more; more = seek !== undefined) {
            const o = { limit, status, order: oldest ? ('oldest' as const) : ('newest' as const) }
            const page = await mailbox.inbox.page(seek === undefined ? o : { ...o, seek })
            assert.ok(page.items.length <= limit)
            found.push(...page.items.map(({ id }) => id))
            seek = page.next
          }
          assert.deepEqual(found, oldest ? wanted : wanted.toReversed())
        }
      }
    ),
    { numRuns: 25 }
  )
  await audit(store, identity)
})
