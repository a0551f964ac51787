/** Every target, in the order of the table. Import after `instrument`. */
import type { Target } from '../target.ts'
import { answers } from './answers.ts'
import { documents } from './documents.ts'
import { frames } from './frames.ts'
import { handlers } from './handlers.ts'
import { protobuf } from './messages.ts'
import { operators } from './operators.ts'
import { ranges } from './ranges.ts'
import { boxes, proofs, records, storedRecords } from './records.ts'
import { rows } from './rows.ts'
import { exchanges, prefixed } from './streams.ts'
import { texts } from './texts.ts'

export const targets: readonly Target[] = [
  frames,
  exchanges,
  prefixed,
  protobuf,
  records,
  proofs,
  ...documents,
  ...texts,
  ...operators,
  boxes,
  ranges,
  storedRecords,
  rows,
  handlers,
  answers
]
