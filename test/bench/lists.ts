/** What a person waits for whose store holds many messages: pages, counts and conversations (SPEC §10.9). */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { Mailbox } from '../../src/client/mailbox.ts'
import { generateIdentity } from '../../src/identity/keys.ts'
import { MemoryNetwork } from '../../src/testing/network.ts'
import { peerIdOf } from '../helpers/fake-relay.ts'
import { fill } from '../helpers/filled.ts'

export interface ListCost {
  readonly messages: number
  /** What was asked for → milliseconds, the median of `timesAsked`. */
  readonly ms: ReadonlyMap<string, number>
}

const sizes = { full: [1_000, 10_000, 100_000], quick: [1_000, 10_000] } as const
const timesAsked = 101
const peersOf = 50
const pageOf = 50

type Asked = readonly [name: string, ask: (mailbox: Mailbox) => Promise<unknown>]

export async function listCosts(quick: boolean, progress: (text: string) => void): Promise<ListCost[]> {
  const costs: ListCost[] = []
  for (const messages of quick ? sizes.quick : sizes.full) {
    progress(`lists: a store of ${messages} messages`)
    costs.push(await listCost(messages))
  }
  return costs
}

async function listCost(messages: number): Promise<ListCost> {
  const directory = await mkdtemp(join(tmpdir(), 'mailbox-bench-lists-'))
  const identity = generateIdentity()
  const peers = Array.from({ length: peersOf }, () => generateIdentity().address)
  const open = (): ClassicLevel<string, Uint8Array> =>
    new ClassicLevel(directory, { keyEncoding: 'utf8', valueEncoding: 'view' })
  const filling = open()
  try {
    await fill(filling, identity, { messages, peers, bodyBytes: 512, unreadShare: 10 })
    await filling.close()
    const store = open()
    const { network } = new MemoryNetwork().join(peerIdOf(generateIdentity()))
    const nobody = async (): Promise<[]> => await Promise.resolve([])
    const mailbox = await Mailbox.open({ identity, store, network, closest: nobody })
    const ms = new Map<string, number>()
    for (const [name, ask] of await questions(mailbox, peers[0] ?? '')) ms.set(name, await medianOf(mailbox, ask))
    await mailbox.close()
    await store.close()
    return { messages, ms }
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** The middle message is found by its time: none of this reads the whole list. */
async function questions(mailbox: Mailbox, peer: string): Promise<Asked[]> {
  const [newest] = (await mailbox.inbox.page({ limit: 1 })).items
  const [oldest] = (await mailbox.inbox.page({ limit: 1, order: 'oldest' })).items
  const until = ((newest?.arrivedMs ?? 0) + (oldest?.arrivedMs ?? 0)) / 2
  const seek = (await mailbox.inbox.page({ limit: 1, until })).items[0]?.id ?? ''
  return [
    ['first page', async ({ inbox }) => await inbox.page({ limit: pageOf })],
    ['middle page', async ({ inbox }) => await inbox.page({ limit: pageOf, seek })],
    ['unread page', async ({ inbox }) => await inbox.page({ limit: pageOf, status: 'unread' })],
    ['unread count', async ({ inbox }) => await inbox.counts()],
    ['conversation', async ({ inbox }) => await inbox.conversationPage(peer, { limit: pageOf })],
    ['sentbox page', async ({ sentbox }) => await sentbox.page({ limit: pageOf })]
  ]
}

async function medianOf(mailbox: Mailbox, ask: Asked[1]): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < timesAsked; n++) {
    const started = performance.now()
    await ask(mailbox)
    times.push(performance.now() - started)
  }
  return times.toSorted((a, b) => a - b)[Math.floor(timesAsked / 2)] ?? NaN
}
