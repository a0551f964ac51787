import type { Line } from './step.ts'
import { begin, handOver, identity, leave, online, only, say } from './step.ts'

interface Registration extends Line {
  address: string
  writeQuorum: number
  relays: { id: string; role: string }[]
}

begin()
const address = identity()
const registration = only<Registration>(online('register'), 'registration')
say(
  `Bob's mailbox is open on ${registration.relays.length} relays; a message is stored when ${registration.writeQuorum} have it.`
)
handOver('registration.json', JSON.stringify(registration))
const { uri } = only<Line & { uri: string }>(online('invite', '--name', 'Bob', '--contact', 'Alice'), 'invitation')
handOver('invitation', uri)
say('Bob has invited Alice: whoever holds that may leave more than a stranger, and needs no proof of work.')
handOver('bob', address)
leave('Bob has gone.')
