/**
 * A sender as a process: sends numbers as messages, many at the same time, and tells its parent each time that one more is
 * stored. It runs by itself because the hooks of node:test make promises, of which it is full, much slower.
 *
 *   node sending-many.ts ORDER     see `Order`
 */
import { MemoryLevel } from 'memory-level'
import { Mailbox } from '../../src/client/mailbox.ts'
import { generateIdentity } from '../../src/identity/keys.ts'

export interface Order {
  readonly to: string
  readonly bootstrap: readonly string[]
  /** Numbers from 0 on, below this one. */
  readonly messages: number
  /** Sends at the same time: the outbox of a sender is bounded. */
  readonly atOnce: number
}

async function main({ to, bootstrap, messages, atOnce }: Order): Promise<void> {
  await using mailbox = await Mailbox.open({ identity: generateIdentity(), store: new MemoryLevel(), bootstrap })
  const numbers = Array(messages).keys()
  let stored = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const n of numbers) {
        await (await mailbox.send(to, String(n))).stored()
        process.send?.(++stored)
      }
    })
  )
}

// its parent has gone without a word
const orphaned = (): void => {
  process.kill(process.pid)
}

const [order] = process.argv.slice(2)
if (order !== undefined) {
  process.once('disconnect', orphaned)
  await main(JSON.parse(order) as Order)
  process.off('disconnect', orphaned)
  process.disconnect()
}
