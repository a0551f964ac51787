/** The locator before the one in force, offered wherever one is taken; and a relay that goes on showing it. */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { openLocator } from '../../../src/identity/locator.ts'
import {
  DepositRequest,
  DepositResponse,
  LocatorRequest,
  LocatorResponse,
  SyncRequest,
  SyncResponse
} from '../../../src/wire/messages.js'
import { protocols } from '../../../src/wire/port.ts'
import type { Attack } from '../attack.ts'
import { Lines, mailboxOf } from '../forging.ts'

const perSecond = 100
const lines = 12
const statusOf = (bytes: Uint8Array): number => LocatorResponse.decode(bytes).status

export const oldLocator: Attack = {
  name: 'old-locator',
  title: `${perSecond} times a second, from ${lines} groups, a locator that the owner signed before the one in force: PUT, CONFIG without a proof, and in repair; one relay of three goes on showing it`,
  crew: 1,
  setting: { lie: 'locators' },
  arm: async scene => {
    const [relay] = scene.relays
    if (relay === undefined) throw new Error('there is no relay')
    const info = DepositRequest.encode({ info: { mailbox: scene.honest.identity.key } })
    const { locator = new Uint8Array(0) } = DepositResponse.decode(await scene.ask(relay, protocols.deposit, info))
    await scene.honest.renew()
    return { locator: toString(locator, 'base64') }
  },
  strike: async attacker => {
    const locator = fromString(attacker.brief.given.locator ?? '', 'base64')
    const mailbox = mailboxOf(attacker)
    const [puts, owners, syncs] = [
      new Lines(attacker, protocols.locator),
      new Lines(attacker, protocols.owner),
      new Lines(attacker, protocols.sync)
    ]
    await attacker.every(perSecond, 64, async n => {
      const at = n % lines
      const turn = attacker.chance.below(4)
      if (turn === 0) await (await owners.at(at)).owner({ config: { mailbox, locator } })
      else if (turn === 1) {
        const line = await syncs.at(at)
        const status = (bytes: Uint8Array): number => SyncResponse.decode(bytes).status
        await line.ask('HELLO', SyncRequest.encode({ hello: { salt: attacker.chance.bytes(16) } }), status)
        const items = { mailbox, ranges: new Uint8Array(0), first: true, locator }
        await line.ask('ITEMS', SyncRequest.encode({ items }), status)
      } else await (await puts.at(at)).ask('PUT', LocatorRequest.encode({ put: { locator } }), statusOf)
    })
  },
  judge: async (scene, counts) => {
    const mailbox = scene.honest.identity.key
    const [get, info] = [LocatorRequest.encode({ get: { mailbox } }), DepositRequest.encode({ info: { mailbox } })]
    const seqs = await Promise.all(
      scene.running
        .slice(0, -1)
        .flatMap(relay => [
          scene.ask(relay, protocols.locator, get).then(answer => LocatorResponse.decode(answer).locator),
          scene.ask(relay, protocols.deposit, info).then(answer => DepositResponse.decode(answer).locator)
        ])
        .map(async found => (await openLocator((await found) ?? new Uint8Array(0), { mailbox })).seq)
    )
    const oldest = Math.min(...seqs)
    const taken = counts.get('config OK') ?? 0
    return [
      ...(oldest < Math.max(...seqs) || seqs.length === 0
        ? [`an honest relay has locator ${oldest} of ${seqs.join(', ')}`]
        : []),
      ...(taken > 0 ? [`CONFIG was taken ${taken} times`] : [])
    ]
  }
}
