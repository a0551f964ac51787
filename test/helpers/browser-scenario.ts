/** What an application in a page does, for a bundle without Node: two people open mailboxes, write, collect and ack. */
import { BrowserLevel } from 'browser-level'
import { generateIdentity, Mailbox, type Message, type PrivateIdentity } from 'libp2p-mailbox'
import { openToAll } from './lanes.ts'

export interface Input {
  /** WebSocket addresses of relays. */
  bootstrap: string[]
  /** Address of somebody outside, whom Bob writes to and whose answer he waits for. */
  outside: string
}

export interface Result {
  /** Types of globals of Node. */
  node: string[]
  /** How many relays signed for each message that Bob and Carol sent. */
  signers: number[]
  carol: string
  bob: string
  /** Who wrote to Bob, and what. */
  received: Array<{ from: string; text: string }>
  /** Relays that have confirmed his acks. */
  confirmed: number
  /** Records of Bob that relays still hold after that. */
  left: number
  online: number
  /** Messages in Bob's store when it is opened again, without a network. */
  kept: number
}

const text = (message: Message): string => new TextDecoder().decode(message.body)

async function open(bootstrap: string[], identity: PrivateIdentity): Promise<Mailbox> {
  const store = new BrowserLevel<string, Uint8Array>(identity.address)
  return await Mailbox.open({ identity, store, bootstrap, ackPolicy: 'manual', strangersLane: openToAll })
}

async function registered(bootstrap: string[], identity: PrivateIdentity): Promise<Mailbox> {
  const mailbox = await open(bootstrap, identity)
  await mailbox.register()
  return mailbox
}

async function collect(mailbox: Mailbox, count: number): Promise<Message[]> {
  const messages: Message[] = []
  for await (const event of mailbox.inbox.watch()) {
    if (event.type === 'message') messages.push(event.message)
    if (messages.length === count) break
  }
  return messages
}

async function signersOf(from: Mailbox, to: string, body: string): Promise<number> {
  const sent = await from.send(to, body)
  return (await sent.stored()).relays.length
}

/** What a page that was closed finds in IndexedDB when it comes back. */
async function keptBy(bob: Mailbox): Promise<number> {
  let kept = 0
  for await (const item of bob.inbox.list()) if ('from' in item) kept++
  await bob.close()
  return kept
}

/** @param tell hears Bob's address once he can be written to */
export async function scenario({ bootstrap, outside }: Input, tell: (word: unknown) => void): Promise<Result> {
  const identity = generateIdentity()
  const [bob, carol] = await Promise.all([registered(bootstrap, identity), registered(bootstrap, generateIdentity())])
  // each writes to the other, so that neither is a stranger
  const signers = [
    await signersOf(bob, carol.address, 'are you there?'),
    await signersOf(bob, outside, 'and you?'),
    await signersOf(carol, bob.address, 'from another page')
  ]
  tell(bob.address)
  const messages = await collect(bob, 2)
  const { confirmed } = await bob.inbox.ack(messages.map(({ id }) => id))
  const { relays } = await bob.status()
  const result = {
    node: [typeof process, typeof Buffer, typeof setImmediate, typeof globalThis.process],
    signers,
    bob: bob.address,
    carol: carol.address,
    received: messages.map(message => ({ from: message.from, text: text(message) })),
    confirmed: confirmed.length,
    left: relays.reduce((sum, { records = 0 }) => sum + records, 0),
    online: relays.filter(({ online }) => online).length
  }
  await Promise.all([bob.close(), carol.close()])
  return { ...result, kept: await keptBy(await open([], identity)) }
}
