/** Connections, as many as there are addresses to make them from: bare TCP ones, and some that are held to the end. */
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { Attack } from '../attack.ts'
import type { Attacker } from '../attacker.ts'

const barePerSecond = 200
const bareHeldMax = 1_000
const wholePerSecond = 20

/** A TCP connection without a byte on it. */
async function bare(attacker: Attacker, n: number, held: Set<Socket>): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port: attacker.port(n), localAddress: attacker.address() })
  const ended = Promise.withResolvers<undefined>()
  socket.on('connect', () => {
    attacker.count('TCP connections')
  })
  socket.on('error', () => {
    attacker.count('TCP connections reset')
  })
  socket.on('close', () => {
    held.delete(socket)
    ended.resolve(undefined)
  })
  held.add(socket)
  const [oldest] = held
  if (held.size > bareHeldMax) oldest?.destroy()
  await ended.promise
}

export const connectionFlood: Attack = {
  name: 'connection-flood',
  title: `${barePerSecond} bare TCP and ${wholePerSecond} encrypted connections a second from 50 groups, held open`,
  crew: 1,
  strike: async attacker => {
    const held = new Set<Socket>()
    attacker.signal.addEventListener('abort', () => {
      for (const socket of held) socket.destroy()
    })
    await Promise.all([
      attacker.every(barePerSecond, 2 * bareHeldMax, async n => {
        await bare(attacker, n, held)
      }),
      attacker.every(wholePerSecond, wholePerSecond, async n => {
        await attacker.connect(await attacker.node(), n)
        attacker.count('encrypted connections')
      })
    ])
  }
}
