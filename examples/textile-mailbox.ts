/**
 * The calls of Textile's mailbox example, in its order and without buttons: sets up a mailbox, watches the inbox, lists
 * it, sends a message to itself, deletes it. Two lines are not as for Textile: the import, and where relays and mail are,
 * which a Hub knew by itself.
 *
 *   node examples/textile-mailbox.ts DIR PRIVATE_KEY MULTIADDR…
 */
import { ClassicLevel } from 'classic-level'
import { PrivateKey, Users, type MailboxEvent, type UserMessage } from 'libp2p-mailbox/textile' // was '@textile/hub'

const [directory = 'mail', privateKey = PrivateKey.fromRandom().toString(), ...bootstrap] = process.argv.slice(2)
const store = new ClassicLevel<string, Uint8Array>(directory)

const identity = PrivateKey.fromString(privateKey)
console.log(`identity ${identity.public.toString()}`)

const client = await Users.withKeyInfo({ key: 'HUB API KEY' }, { bootstrap, store }) // had no second argument
await client.getToken(identity)
const mailboxID = await client.setupMailbox()

async function decode(message: UserMessage): Promise<string> {
  return new TextDecoder().decode(await identity.decrypt(message.body))
}

const arrived = Promise.withResolvers<UserMessage>()
async function handleNewMessage(reply?: MailboxEvent, error?: Error): Promise<void> {
  if (error !== undefined) throw error
  if (reply?.message === undefined) return
  console.log(`new ${reply.message.from}: ${await decode(reply.message)}`)
  if (reply.message.from === mailboxID) arrived.resolve(reply.message)
}
client.watchInbox(mailboxID, handleNewMessage)

const inbox = await client.listInboxMessages()
for (const message of inbox) console.log(`inbox ${message.from}: ${await decode(message)}`)

await client.sendMessage(identity, identity.public, new TextEncoder().encode('a note to myself'))
await client.deleteInboxMessage((await arrived.promise).id)
const sentbox = await client.listSentboxMessages()
console.log(`${(await client.listInboxMessages()).length} in the inbox, ${sentbox.length} sent`)

await client.close()
await store.close()
