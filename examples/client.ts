/** A client in an application: opens a mailbox, leaves itself a note, collects it. node examples/client.ts DIR MULTIADDR… */
import { ClassicLevel } from 'classic-level'
import { generateIdentity, Mailbox } from 'libp2p-mailbox'

const [directory = 'mail', ...bootstrap] = process.argv.slice(2)
const store = new ClassicLevel<string, Uint8Array>(directory)
// a person keeps identity.toText() and gives it to parsePrivateKey() the next time
const identity = generateIdentity()

const mailbox = await Mailbox.open({ identity, store, bootstrap })
await mailbox.register()
console.log(`address ${mailbox.address}`)

const sent = await mailbox.send(mailbox.address, 'a note to myself')
const { relays } = await sent.stored()
console.log(`stored, signed by ${relays.length} relays`)

for await (const event of mailbox.inbox.watch()) {
  if (event.type !== 'message') continue
  console.log(`from ${event.message.from}: ${new TextDecoder().decode(event.message.body)}`)
  break
}
await mailbox.close()
await store.close()
