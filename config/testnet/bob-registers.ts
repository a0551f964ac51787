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
handOver('bob', address)
leave('Bob has gone.')
