/**
 * Every error of this package: one class, a table of stable codes. The text of an error may change between versions,
 * its `code` does not. The README's table and SPEC §12 are checked against this file by a test.
 *
 * A programmer's mistake (a wrong type, say) is a plain TypeError and has no code.
 */

/** Wire statuses (SPEC §5.5): 1xx done, 2xx refused, 4xx the caller's fault, 5xx ours. Nothing else travels: no text. */
export const Status = {
  OK: 100,
  NO_MAILBOX: 200,
  MOVED: 201,
  POLICY: 202,
  POW: 203,
  QUOTA: 204,
  BUSY: 205,
  MALFORMED: 400,
  SIZE: 401,
  EXPIRED: 402,
  AUTH: 403,
  VERSION: 404,
  CURSOR: 405,
  UNAVAILABLE: 500
} as const
export type StatusName = keyof typeof Status
export type StatusCode = (typeof Status)[StatusName]

interface ErrorRow {
  /** Exit code of the command line (SPEC §12). */
  readonly exit: number
  /** True when the same call may succeed later without any change by the caller. */
  readonly retryable: boolean
  readonly meaning: string
}

/** Code → what it means. Codes that are also wire statuses come first. */
export const errorTable = {
  NO_MAILBOX: {
    exit: 20,
    retryable: true,
    meaning: 'Nobody has opened a mailbox for this address, or none of its relays could be found.'
  },
  MOVED: {
    exit: 21,
    retryable: true,
    meaning: 'The mailbox has moved to other relays; the answer carries the new locator.'
  },
  POLICY: { exit: 22, retryable: false, meaning: 'The owner or the relay does not admit this request.' },
  POW: { exit: 22, retryable: false, meaning: 'A proof of work is required.' },
  QUOTA: {
    exit: 23,
    retryable: true,
    meaning: 'A limit of the mailbox or the relay is reached; the error names it and says when to retry.'
  },
  BUSY: { exit: 24, retryable: true, meaning: 'The relay asks to come back later.' },
  MALFORMED: { exit: 25, retryable: false, meaning: 'The bytes do not follow the protocol.' },
  SIZE: { exit: 26, retryable: false, meaning: 'Larger than the limit, or not one of the legal record lengths.' },
  EXPIRED: {
    exit: 27,
    retryable: false,
    meaning: 'The record or signed object is past its expiry, or its expiry is outside the allowed range.'
  },
  AUTH: {
    exit: 28,
    retryable: false,
    meaning: 'Not authorised: the caller has not proved to be the owner, or a signature does not verify.'
  },
  VERSION: { exit: 29, retryable: false, meaning: 'A version or suite this side does not know.' },
  CURSOR: {
    exit: 30,
    retryable: true,
    meaning: 'The cursor cannot be honoured: it is of another store, or older than what is kept; start without it.'
  },
  UNAVAILABLE: {
    exit: 31,
    retryable: true,
    meaning: 'The other side could not serve the request now; nothing is known about its state.'
  },

  ADDRESS: { exit: 65, retryable: false, meaning: 'Not a mailbox address.' },
  KEY: {
    exit: 65,
    retryable: false,
    meaning: 'Not a usable key: wrong length, wrong type, small order or not in the prime-order group.'
  },
  PASSPHRASE: {
    exit: 77,
    retryable: false,
    meaning: 'The passphrase is missing, or does not open the key file: it is wrong or the file is damaged.'
  },
  PHRASE: {
    exit: 65,
    retryable: false,
    meaning: 'Not a recovery phrase: another count, a word that is not in the list, or a checksum that is wrong.'
  },
  WALLET: {
    exit: 69,
    retryable: true,
    meaning: 'The wallet that holds the identity refused, did not answer in time, or answered with what is not right.'
  },
  RECORD: { exit: 65, retryable: false, meaning: 'A record whose parts do not have a legal form.' },
  SEAL: {
    exit: 66,
    retryable: false,
    meaning: 'Sealed to this mailbox but does not open: header, enc or ct was changed.'
  },
  PADDING: { exit: 66, retryable: false, meaning: 'Opened, but the padding or the inner form is wrong.' },
  SIGNATURE: {
    exit: 66,
    retryable: false,
    meaning: "Opened, but the sender's signature does not verify for this mailbox and record."
  },
  DESCRIPTOR: {
    exit: 66,
    retryable: false,
    meaning: 'A locator, key bundle, host config or certificate that is malformed or not signed by its owner.'
  },
  RECEIPT: { exit: 66, retryable: false, meaning: 'A receipt that does not verify, or is not for this record.' },

  BOOTSTRAP: { exit: 69, retryable: true, meaning: 'None of the bootstrap addresses could be reached.' },
  NO_RELAY: { exit: 69, retryable: true, meaning: 'No relay was found or could be reached.' },
  TOO_FEW_RELAYS: { exit: 69, retryable: true, meaning: 'Fewer relays than needed could take part.' },
  NOT_REGISTERED: { exit: 20, retryable: false, meaning: 'This identity has no mailbox yet: register first.' },
  INCOMPLETE: {
    exit: 75,
    retryable: true,
    meaning: "Not enough of the mailbox's relays answered to be sure that nothing is missing."
  },
  UNKNOWN: { exit: 75, retryable: true, meaning: 'The outcome is unknown: it may have been stored. Retrying is safe.' },
  TIMEOUT: { exit: 75, retryable: true, meaning: 'No answer within the deadline.' },
  ABORTED: { exit: 130, retryable: true, meaning: 'Stopped by the caller.' },
  DISCONNECTED: { exit: 75, retryable: true, meaning: 'The connection or stream ended before the answer came.' },
  CLOSED: { exit: 70, retryable: false, meaning: 'Used after close.' },

  USAGE: { exit: 64, retryable: false, meaning: 'The command line is wrong.' },
  CONFIG: { exit: 78, retryable: false, meaning: 'A configuration key or value is wrong.' },
  DATA_DIR: {
    exit: 73,
    retryable: false,
    meaning: 'The data directory is missing, unwritable, of another kind, or holds something unexpected.'
  },
  LOCKED: { exit: 73, retryable: true, meaning: 'Another process uses this data directory.' },
  STORE: {
    exit: 74,
    retryable: true,
    meaning: 'The local store failed to read or write; the outcome of the write is unknown.'
  },
  STORE_VERSION: { exit: 74, retryable: false, meaning: 'The store has a format that this version does not read.' },
  DAMAGED: { exit: 3, retryable: false, meaning: 'The store holds something that is not sound.' },
  CONTACT: {
    exit: 65,
    retryable: false,
    meaning: 'A contact that is not there or is there already, a name that cannot be one, or another safety number.'
  },
  INVITATION: {
    exit: 65,
    retryable: false,
    meaning: 'Not an invitation or invite, or one that is damaged, used or has expired.'
  },
  NOT_FOUND: { exit: 66, retryable: false, meaning: 'No such message here.' },
  CONTENT: { exit: 65, retryable: false, meaning: 'A body, subject or content type that is not what it claims to be.' },
  CANCELLED: { exit: 32, retryable: false, meaning: 'The message was cancelled by its sender before it was stored.' },
  STORED: {
    exit: 33,
    retryable: false,
    meaning: 'The message is stored: it cannot be cancelled, and is deleted from the sentbox.'
  },
  PENDING: { exit: 34, retryable: false, meaning: 'The message still waits to be stored: cancel it first.' },
  SLOW_CONSUMER: {
    exit: 75,
    retryable: true,
    meaning: 'The reader of a watch fell too far behind; resume from its cursor.'
  },
  DEMO: { exit: 1, retryable: false, meaning: 'A check of the demo failed.' }
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorTable

export interface ErrorDetails {
  cause?: unknown
  /** Name of the limit that was hit, from the table in limits.ts (SPEC §11). */
  limit?: string
  /** When a retry makes sense, milliseconds from now. */
  retryAfterMs?: number
  /** The new locator that came with MOVED, signed bytes. */
  locator?: Uint8Array
  /** Zero bits that a stamp needs, with POW. */
  powBits?: number
}

const nameOf = (code: string): string =>
  `${code
    .split('_')
    .map(word => word[0] + word.slice(1).toLowerCase())
    .join('')}Error`

export class MailboxError extends Error {
  /** Stable; one of the rows of `errorTable`. */
  readonly code: ErrorCode
  readonly limit?: string
  readonly retryAfterMs?: number
  readonly locator?: Uint8Array
  readonly powBits?: number

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = nameOf(code)
    this.code = code
    if (details.limit !== undefined) this.limit = details.limit
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs
    if (details.locator !== undefined) this.locator = details.locator
    if (details.powBits !== undefined) this.powBits = details.powBits
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable
  }
}

export function isMailboxError(error: unknown, code?: ErrorCode): error is MailboxError {
  return error instanceof MailboxError && (code === undefined || error.code === code)
}

const statusNames = new Map<number, StatusName>((Object.keys(Status) as StatusName[]).map(name => [Status[name], name]))

/** The name of a wire status; an unknown number is treated as a plain failure of the other side (SPEC §5.5). */
export function statusName(status: number): StatusName {
  return statusNames.get(status) ?? 'UNAVAILABLE'
}

/**
 * What to answer for an error raised while serving a request. Total: whatever is not a status of its own is
 * UNAVAILABLE, and the text stays here.
 */
export function statusOf(error: unknown): StatusCode {
  if (error instanceof MailboxError) {
    if (error.code in Status) return Status[error.code as StatusName]
    if (malformed.has(error.code)) return Status.MALFORMED
    if (error.code === 'SIGNATURE') return Status.AUTH
  }
  return Status.UNAVAILABLE
}

const malformed = new Set<ErrorCode>(['ADDRESS', 'KEY', 'RECORD', 'DESCRIPTOR', 'PADDING'])
