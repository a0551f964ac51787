/** A listed relay that throws everything away and signs for it, in its own name and in those of the others. */
import { pause } from '../../faultlab/waiting.ts'
import type { Attack } from '../attack.ts'

const aloneMs = 6_000
const storedMs = 60_000
const offers = 4

export const forgedReceipts: Attack = {
  name: 'forged-receipts',
  title: `one relay of three keeps nothing and gives receipts with its name and the others'; then one of the others stands still, and ${offers} messages are sent`,
  crew: 0,
  setting: { lie: 'receipts' },
  strike: async attacker => {
    await attacker.end()
  },
  judge: async ({ relays, honest }, counts) => {
    const [, still, liar] = relays
    if (still === undefined || liar === undefined) throw new Error('this takes three relays')
    if ((counts.get('liar: receipts forged') ?? 0) === 0) return ['the relay did not lie, so nothing is shown']
    const wrong: string[] = []
    still.signal('SIGSTOP')
    const sent = await Promise.all(
      Array.from({ length: offers }, async (_, n) => await honest.offer(`while a relay stands still ${n}`))
    )
    await pause(aloneMs)
    const entries = await Promise.all(sent.map(async ({ id }) => await honest.receipts(id)))
    still.signal('SIGCONT')
    const early = entries.filter(receipts => receipts !== undefined).length
    if (early > 0) wrong.push(`${early} messages were called stored with one honest relay`)
    const signal = AbortSignal.timeout(storedMs)
    for (const { stored } of sent) {
      const receipts = await stored({ signal })
      if (receipts.relays.some(({ relay }) => relay === liar.id)) wrong.push("a liar's receipt was counted")
    }
    return wrong
  }
}
