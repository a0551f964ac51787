/** Messages in order, with no reason to be let in: no proof, proofs that are made up, and proofs of something else. */
import { generateGate } from '../../../src/identity/gate.ts'
import { gateProof, stampProof } from '../../../src/identity/proof.ts'
import { Proof } from '../../../src/wire/messages.js'
import type { Attack } from '../attack.ts'
import type { Attacker } from '../attacker.ts'
import { depositLines, keyOf, mailboxOf, message } from '../forging.ts'

const perSecond = 60
const lines = 12

type Made = Awaited<ReturnType<typeof message>>

/** A proof that proves nothing about this record; undefined: none at all. */
async function noProof(
  attacker: Attacker,
  made: Made,
  before: Made | undefined,
  gate: Uint8Array
): Promise<Uint8Array | undefined> {
  const { chance } = attacker
  const own = generateGate()
  const kinds: Array<() => Promise<Uint8Array | undefined> | Uint8Array | undefined> = [
    () => undefined,
    // a stamp with no work in it
    () => stampProof(chance.bytes(8)),
    // a gate that the mailbox does not have
    async () => await gateProof(own, mailboxOf(attacker), made.id),
    // a gate that it may have, signed by another; or for another record
    () => Proof.encode({ gate, signature: chance.bytes(64), nonce: new Uint8Array(0) }),
    async () => Proof.encode({ gate, signature: own.sign(before?.id ?? made.id), nonce: new Uint8Array(0) }),
    // both, and noise
    () => Proof.encode({ gate: own.id, signature: chance.bytes(64), nonce: chance.bytes(8) }),
    () => chance.bytes(100)
  ]
  return await chance.pick(kinds)()
}

export const unprovedDeposits: Attack = {
  name: 'unproved-deposits',
  title: `${perSecond} sealed messages a second from ${lines} groups, without a proof or with one that is made up or another's`,
  crew: 1,
  strike: async attacker => {
    const held = depositLines(attacker)
    const key = await keyOf(attacker, await held.at(0))
    let before: Made | undefined
    await attacker.every(perSecond, 64, async n => {
      const made = await message(attacker, key, `an attacker's, ${n}`)
      const proof = await noProof(attacker, made, before, attacker.chance.bytes(8))
      before = made
      const line = await held.at(n % lines)
      await line.deposit(made.record, proof)
    })
  },
  judge: async (_scene, counts) => {
    const taken = counts.get('deposit OK') ?? 0
    return await Promise.resolve(taken > 0 ? [`${taken} deposits without a proof were taken`] : [])
  }
}
