/** identify whose streams end: it closes its own half with the answer, and leaves the other half to the peer for ever. */
import { identify, type Identify, type IdentifyComponents } from '@libp2p/identify'
import type { Stream } from '@libp2p/interface'
import { MailboxError } from '../errors.ts'
import { requestDeadlineMs } from '../limits.ts'
import { handling, overlaid } from './overlay.ts'
import { every } from './platform.ts'

/** Ends a stream that is open after so many milliseconds. */
export function endAfter(stream: Stream, ms: number): Stream {
  const cancel = every(ms, () => {
    stream.abort(new MailboxError('TIMEOUT', 'The peer did not close its half of the stream.'))
  })
  stream.addEventListener('close', cancel)
  return stream
}

export function briefIdentify(): (components: IdentifyComponents) => Identify {
  const create = identify({ timeout: requestDeadlineMs })
  return components => {
    const registrar = handling(components.registrar, stream => endAfter(stream, requestDeadlineMs))
    return create(overlaid(components, { registrar }))
  }
}
