/** Every attack, in the order in which they are run. */
import type { Attack } from '../attack.ts'
import { connectionFlood } from './connection-flood.ts'
import { streamFlood } from './stream-flood.ts'

export const attacks: readonly Attack[] = [connectionFlood, streamFlood]

export function attackNamed(name: string): Attack {
  const attack = attacks.find(each => each.name === name)
  if (attack === undefined) throw new RangeError(`there is no attack ${name}`)
  return attack
}
