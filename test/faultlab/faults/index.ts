/** All faults, in the order in which they are run. */
import type { Fault } from '../fault.ts'
import { pauseFault } from './pause.ts'
import { powerCut } from './power-cut.ts'

export const faults: readonly Fault[] = [powerCut, pauseFault]
