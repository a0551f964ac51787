/** All faults, in the order in which they are run. */
import type { Fault } from '../fault.ts'
import { bitRot } from './bit-rot.ts'
import { clockStep } from './clock-step.ts'
import { diskFull } from './disk-full.ts'
import { kill } from './kill.ts'
import { partition } from './partition.ts'
import { pauseFault } from './pause.ts'
import { powerCut } from './power-cut.ts'
import { syncError } from './sync-error.ts'

export const faults: readonly Fault[] = [powerCut, kill, pauseFault, partition, syncError, diskFull, bitRot, clockStep]
