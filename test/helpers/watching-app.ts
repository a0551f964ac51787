/**
 * An application that watches its inbox, as a process: writes down each message and its place in one line, and begins
 * where its last line says. Its parent tells it to lose its connections, or kills it.
 *
 *   node watching-app.ts SETTINGS     see `Settings`
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { ClassicLevel } from 'classic-level'
import { createLibp2p } from 'libp2p'
import { Mailbox } from '../../src/client/mailbox.ts'
import { parsePrivateKey } from '../../src/identity/address.ts'
import { privateDht } from '../../src/placement/dht.ts'
import { libp2pDefaults } from '../../src/wire/libp2p.ts'
import { openToAll } from './lanes.ts'

export interface Settings {
  /** Private key in text. */
  readonly key: string
  /** Directory of the local store. */
  readonly store: string
  /** File of what the application has seen. */
  readonly seen: string
  readonly bootstrap: readonly string[]
}

/** A line of the file: what the application has of one message, and where it goes on after it. */
export interface Seen {
  readonly text: string
  readonly cursor: string
}

export function seenIn(path: string): Seen[] {
  if (!existsSync(path)) return []
  // a line that was being written when the process died has no end, and is not seen
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map(line => JSON.parse(line) as Seen)
}

async function main({ key, store, seen, bootstrap }: Settings): Promise<void> {
  const defaults = libp2pDefaults()
  const libp2p = await createLibp2p({
    ...defaults,
    services: { ...defaults.services, dht: privateDht({ clientMode: true }) }
  })
  process.on('message', () => {
    for (const connection of libp2p.getConnections()) connection.abort(new Error('The network is gone.'))
  })
  const mailbox = await Mailbox.open({
    identity: parsePrivateKey(key),
    store: new ClassicLevel<string, Uint8Array>(store),
    libp2p,
    bootstrap,
    strangers: 'inbox',
    strangersLane: openToAll
  })
  if (mailbox.relays.length === 0) await mailbox.register({ standby: 0 })
  process.send?.('open')
  const after = seenIn(seen).at(-1)?.cursor
  for await (const event of mailbox.inbox.watch(after === undefined ? {} : { after })) {
    if (event.type === 'message') {
      const text = new TextDecoder().decode(event.message.body)
      appendFileSync(seen, `${JSON.stringify({ text, cursor: event.cursor } satisfies Seen)}\n`)
    }
    if (event.type === 'drained') process.send?.('drained')
  }
}

// its parent has gone without a word
process.once('disconnect', () => {
  process.kill(process.pid)
})
const [settings] = process.argv.slice(2)
if (settings !== undefined) await main(JSON.parse(settings) as Settings)
