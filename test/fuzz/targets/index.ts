/** Every target, in the order of the table. Import after `instrument`. */
import type { Target } from '../target.ts'
import { documents } from './documents.ts'
import { frames } from './frames.ts'
import { protobuf } from './messages.ts'

export const targets: readonly Target[] = [frames, protobuf, ...documents]
