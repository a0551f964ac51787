/** What the client makes of a relay's status (SPEC §5.5). */
import { MailboxError, Status, statusName } from '../errors.ts'
import { limitName } from '../limits.ts'

export interface Answer {
  readonly status: number
  readonly retryAfterMs: number
  readonly limit: number
  readonly locator?: Uint8Array
  readonly powBits?: number
}

/** The error that a status other than OK stands for. */
export function refusalOf(answer: Answer, relay: string): MailboxError | undefined {
  if (answer.status === Status.OK) return undefined
  const name = statusName(answer.status)
  // 100 is handled above; any other number has a name that is also an error code
  const code = name === 'OK' ? 'UNAVAILABLE' : name
  const limit = limitName(answer.limit)
  return new MailboxError(code, `Relay ${relay} answered ${code}${limit === undefined ? '' : ` (${limit})`}.`, {
    ...(limit === undefined ? {} : { limit }),
    ...(answer.retryAfterMs > 0 ? { retryAfterMs: answer.retryAfterMs } : {}),
    ...(answer.locator === undefined ? {} : { locator: answer.locator }),
    ...(answer.powBits === undefined || answer.powBits === 0 ? {} : { powBits: answer.powBits })
  })
}

/** @throws MailboxError MALFORMED when `bytes` are not such a message */
export function parseAnswer<T>(codec: { decode: (bytes: Uint8Array) => T }, bytes: Uint8Array, relay: string): T {
  try {
    return codec.decode(bytes)
  } catch (cause) {
    throw new MailboxError('MALFORMED', `The answer of relay ${relay} does not follow the protocol.`, { cause })
  }
}
