/** The one shape of a fault, and of the row it ends in. */
import type { Lab } from './lab.ts'
import type { Settled } from './settle.ts'
import type { Tool } from './tools.ts'

export interface Row extends Settled {
  readonly title: string
  /** True: nothing may be lost. False: the program is broken on purpose, and something must be. */
  readonly keeps: boolean
  readonly notes: readonly string[]
}

export interface Fault {
  /** Also the name of its file. */
  readonly name: string
  readonly needs: readonly Tool[]
  /** Gives a row for each variant of the fault. @throws when the fault could not be made or the relays did not recover */
  readonly run: (lab: Lab) => AsyncGenerator<Row, void, undefined>
}

/** What is wrong with a row; nothing: it passes. */
export function problems({ verdict, convergedMs, keeps }: Row): string[] {
  if (!keeps) return verdict.lost.length > 0 ? [] : ['nothing was lost without syncs: the lab is blind']
  const found = (['lost', 'resurrected', 'duplicated', 'unexpected'] as const)
    .filter(name => verdict[name].length > 0)
    .map(name => `${name}: ${verdict[name].slice(0, 10).join(' ')}`)
  if (verdict.stored === 0) found.push('nothing was stored, so nothing is shown')
  if (convergedMs === undefined) found.push('the relays did not become equal')
  return found
}
