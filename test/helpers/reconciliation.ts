/** Two ends of a reconciliation in one place, and what it took. */
import { Initiator, respond, type Difference, type ItemSet } from '../../src/relay/reconcile.ts'

export interface Told extends Difference {
  readonly rounds: number
  /** Both ways. */
  readonly bytes: number
}

const roundsMax = 100

export function differences(ours: ItemSet, theirs: ItemSet): Told {
  const initiator = new Initiator(ours)
  const found: Difference = { have: [], need: [] }
  let question: Uint8Array | undefined = initiator.start()
  let bytes = 0
  let rounds = 0
  while (question !== undefined && rounds < roundsMax) {
    rounds++
    const answer = respond(theirs, question)
    bytes += question.byteLength + answer.byteLength
    const { have, need, question: next } = initiator.next(answer)
    found.have.push(...have)
    found.need.push(...need)
    question = next
  }
  return { ...found, rounds, bytes }
}
