/** A process that runs the seeds it is sent, one after the other, and sends back what each gave. */
import { inspect } from 'node:util'
import { runSeed } from './run.ts'
import { sabotages } from './sabotage.ts'
import type { Order, Outcome } from './seeds.ts'

process.on('message', ({ seed, sabotage, repair, mailboxes }: Order) => {
  const run = runSeed({
    seed,
    repair,
    mailboxes,
    ...(sabotage === undefined ? {} : { sabotage: sabotages[sabotage] ?? {} })
  })
  run.then(
    done => {
      const outcome: Outcome = { ...done, errors: done.errors.map(error => inspect(error)) }
      process.send?.(outcome)
    },
    (error: unknown) => {
      throw error
    }
  )
})
