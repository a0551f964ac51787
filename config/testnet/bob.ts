import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync } from 'node:fs'
import type { Left, Line } from './step.ts'
import { check, handed, mailbox, online, only, say } from './step.ts'

interface Message {
  from: string
  verified: boolean
  bytes: number
  file: string
}
interface Pull {
  received: number
  complete: boolean
  relays: { answered: boolean }[]
}
interface Inbox extends Line {
  messages: Message[]
  pull: Pull
}
interface Status extends Line {
  relays: { online: boolean; records?: number }[]
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function collect(): Inbox {
  return only<Inbox>(online('inbox', 'list', '--out', mkdtempSync('/tmp/mail-')), 'inbox')
}

const left = JSON.parse(handed('left.json')) as Left
const { messages, pull } = collect()
const answered = pull.relays.filter(relay => relay.answered).length
check(pull.complete, `${answered} of ${pull.relays.length} relays answered: nothing is missing`)
check(pull.received === left.sha256.length, `${pull.received} messages are new, Alice left ${left.sha256.length}`)

for (const digest of left.sha256) {
  const found = messages.filter(message => sha256(readFileSync(message.file)) === digest)
  const [message] = found
  check(
    found.length === 1 && message !== undefined,
    `the message with SHA-256 ${digest.slice(0, 16)}… came once, byte for byte`
  )
  check(
    message?.verified === true && message.from === left.from,
    `its ${message?.bytes ?? 0} bytes are signed by Alice, ${left.from.slice(0, 16)}…`
  )
}

check(collect().pull.received === 0, 'asked again, the relays have nothing new: the acks arrived')
const { relays } = only<Status>(online('status'), 'status')
const reached = relays.filter(relay => relay.online)
check(reached.length === answered, `${reached.length} relays say what they hold`)
check(
  reached.every(relay => relay.records === 0),
  'they hold no record for Bob'
)
check(
  only<Inbox>(mailbox('inbox', '--offline'), 'inbox').messages.length >= left.sha256.length,
  "Bob's own store has the messages"
)
say('Bob has verified what Alice left.')
