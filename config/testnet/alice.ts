import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import type { Left, Line } from './step.ts'
import { begin, check, handed, handOver, identity, leave, online, only } from './step.ts'

interface Sent extends Line {
  id: string
  state: string
  relays: unknown[]
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

function checkStored(lines: Line[], what: string): void {
  const sent = only<Sent>(lines, 'sent')
  check(sent.state === 'stored', `${what} is on the disks of ${sent.relays.length} relays, which signed for it`)
}

begin()
const from = identity()
const bob = handed('bob')
online('accept', handed('invitation'))

const text = `Dear Bob, it is ${new Date().toISOString()} and you are out. Alice`
const file = randomBytes(200 * 1024)
writeFileSync('/tmp/file', file)
checkStored(online('send', bob, text), `a text of ${text.length} bytes`)
checkStored(online('send', bob, '--file', '/tmp/file'), `a file of ${file.length} bytes`)

const left: Left = { from, sha256: [sha256(text), sha256(file)] }
handOver('left.json', JSON.stringify(left))
leave('Alice has gone.')
