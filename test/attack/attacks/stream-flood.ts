/** Streams that are opened and closed again, as fast as a few connections carry it. */
import type { Attack } from '../attack.ts'
import { protocols } from '../../../src/wire/port.ts'

const connections = 4
const perSecond = 400

export const streamFlood: Attack = {
  name: 'stream-flood',
  title: `${perSecond} streams a second opened and closed on ${connections} connections of ${connections} groups, over four protocols`,
  crew: 1,
  strike: async attacker => {
    const names = Object.values(protocols)
    const open = async (n: number) => await attacker.connect(await attacker.node(), n)
    const held = await Promise.all(Array.from({ length: connections }, async (_, n) => await open(n)))
    await attacker.every(perSecond, 64, async n => {
      const at = n % connections
      let connection = held[at]
      if (connection?.status !== 'open') {
        attacker.count('connections cut off')
        connection = held[at] = await open(n)
      }
      const stream = await attacker.open(connection, attacker.chance.pick(names))
      attacker.count('streams opened')
      stream.drop()
    })
  }
}
