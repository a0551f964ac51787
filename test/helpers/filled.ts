/** Client stores with many messages, entered as the intake enters them, without relays and without sealing. */
import { Bell } from '../../src/client/bell.ts'
import { Ledger } from '../../src/client/ledger.ts'
import { enter, mark } from '../../src/client/marks.ts'
import { enterSent } from '../../src/client/sentbox.ts'
import type { Database } from '../../src/client/store.ts'
import { LocalStore } from '../../src/client/store.ts'
import { hourOf, systemEnvironment } from '../../src/environment.ts'
import type { Identity } from '../../src/identity/keys.ts'

export interface Filling {
  readonly messages: number
  readonly peers: readonly string[]
  readonly bodyBytes: number
  /** One message in so many stays unread. */
  readonly unreadShare: number
}

/** Of one change: as many as a page from a relay has. */
const perChange = 256

/** Three of four messages came, from each peer in turn; every fourth was sent. */
export async function fill(database: Database, { key, address }: Identity, filling: Filling): Promise<void> {
  const store = await LocalStore.open(database, key)
  const env = systemEnvironment
  const ledger = await Ledger.open({ store, env, address, bell: new Bell() })
  const expiresHour = hourOf(env.now()) + 336
  for (let at = 0; at < filling.messages; at += perChange) {
    await ledger.change(async change => {
      for (let n = at; n < Math.min(filling.messages, at + perChange); n++) {
        const id = Buffer.from(env.random(32)).toString('hex')
        const peer = filling.peers[Math.floor(n / 4) % filling.peers.length] ?? ''
        const written = {
          createdMs: env.now(),
          contentType: 'text/plain',
          body: env.random(filling.bodyBytes),
          expiresHour
        }
        if (n % 4 === 3) {
          change.put(store.sent.put(id, { to: peer, ...written }))
          enterSent(change, id, { to: peer, receipts: [], writeQuorum: 1 })
          continue
        }
        enter(change, store, { id, row: { from: peer, receivedMs: env.now(), ...written }, list: 'inbox', ackedMs: 1 })
        const state = await change.get(store.states, id)
        if (state !== undefined && n % filling.unreadShare !== 0) mark(change, id, state, env.now())
      }
    })
  }
}
