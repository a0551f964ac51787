/**
 * The one writer of a relay's store (SPEC §9.2). Operations that wait while a commit runs go into the next one, across
 * all connections; each is answered only after the batch that holds it was synced. An operation is a pure function of
 * the entries it names, so a group needs one read and one write whatever its size.
 */
import { MailboxError } from '../errors.ts'
import { commitGroupMax, commitQueueBytesMax, commitQueueMax } from '../limits.ts'
import { corrupt, type Looked, type Rows, type Write } from './database.ts'
import { metaKey, nameOf, u64 } from './keys.ts'

/** What an operation sees: its reads as of all earlier operations, and its own writes. */
export interface Transaction {
  get: (key: Uint8Array) => Uint8Array | undefined
  put: (key: Uint8Array, value: Uint8Array) => void
  del: (key: Uint8Array) => void
  /** The relay's next arrival number: never reused, also across restarts. */
  nextSeq: () => number
}

/** Records and bytes held, or by how much they change. */
export interface Totals {
  readonly records: number
  readonly bytes: number
}

export interface Operation<T> {
  /** Every key that `apply` gets. */
  readonly reads: Uint8Array[]
  /** Roughly what it writes, for the queue's bound. */
  readonly bytes: number
  /** The mailbox whose records, tombstones or documents it changes. */
  readonly changes?: Uint8Array
  /** What it added to the relay's totals, when it has been committed. */
  readonly counts?: (result: T) => Totals
  /** Throwing refuses this operation alone; none of its writes remain. */
  readonly apply: (transaction: Transaction) => T
}

interface Waiting {
  readonly operation: Pick<Operation<unknown>, 'reads' | 'bytes' | 'apply'>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** What a commit took, for metrics. */
export interface CommitReport {
  readonly operations: number
  readonly syncMs: number
}

export interface WriterEvents {
  readonly committed?: ((report: CommitReport) => void) | undefined
  /** Once: nothing is written any more. */
  readonly failed?: (failure: MailboxError) => void
}

type Staged = Map<string, Write>
type Answer = () => void

const seqKey = metaKey('seq')
/** Arrival numbers are reserved in blocks; a crash skips the rest of a block. */
export const seqBlock = 65_536

export class Writer {
  readonly #rows: Rows
  readonly #events: WriterEvents
  /** Bounded by commitQueueMax and commitQueueBytesMax. */
  #queue: Waiting[] = []
  #queuedBytes = 0
  /** One at a time is asked for (see Scrub). */
  readonly #alone: Array<() => Promise<void>> = []
  #running: Promise<void> | undefined
  #failure: MailboxError | undefined
  #closed = false
  #seq: number
  #seqReserved: number

  /** @param seqReserved arrival numbers up to this one may have been given */
  constructor(rows: Rows, seqReserved: number, events: WriterEvents = {}) {
    this.#rows = rows
    this.#events = events
    this.#seq = seqReserved
    this.#seqReserved = seqReserved
  }

  /** Set after a failed write: the store must be reopened before anything is promised again. */
  get failure(): MailboxError | undefined {
    return this.#failure
  }

  /** Nothing is written from now on: what is known of the disk does not hold any more. */
  fail(cause: unknown): MailboxError {
    if (this.#failure === undefined) {
      this.#failure = new MailboxError('STORE', 'The store failed; what was to be written is unknown.', { cause })
      this.#events.failed?.(this.#failure)
    }
    return this.#failure
  }

  get queued(): number {
    return this.#queue.length
  }

  /**
   * Resolves with what `apply` returned, once the group it was part of is on disk.
   * @throws MailboxError BUSY when the queue is full, STORE when the write failed (outcome unknown), CLOSED, and what
   *   `apply` throws
   */
  async submit<T>(operation: Operation<T>): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#closed) throw new MailboxError('CLOSED', 'The store is closing.')
    if (this.#queue.length >= commitQueueMax || this.#queuedBytes >= commitQueueBytesMax) {
      throw new MailboxError('BUSY', 'Too many writes wait for the disk.', {
        limit: 'commitQueueMax',
        retryAfterMs: 1_000
      })
    }
    return await new Promise<T>((resolve, reject) => {
      this.#queue.push({ operation, resolve: resolve as (value: unknown) => void, reject })
      this.#queuedBytes += operation.bytes
      this.#running ??= this.#run()
    })
  }

  /**
   * Writes what `work` gives, all of it or nothing, while no operation is between its read and its write.
   * @throws MailboxError STORE, CLOSED, and what `work` throws
   */
  async alone(work: () => Promise<readonly Write[]>): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#closed) throw new MailboxError('CLOSED', 'The store is closing.')
    await new Promise<void>((resolve, reject) => {
      this.#alone.push(async () => {
        await this.#writeAlone(work).then(resolve, reject)
      })
      this.#running ??= this.#run()
    })
  }

  async #writeAlone(work: () => Promise<readonly Write[]>): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    const writes = await work()
    try {
      if (writes.length > 0) await this.#rows.write(writes)
    } catch (error) {
      throw this.fail(error)
    }
  }

  /** Refuses new operations and resolves when those accepted are on disk. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  /** The answers of a group are given while the next group is on its way to the disk, which waits for nobody. */
  async #run(): Promise<void> {
    let answers: readonly Answer[] = []
    while (this.#queue.length > 0 || answers.length > 0 || this.#alone.length > 0) {
      // what has arrived meanwhile on other connections is read first: larger groups, fewer syncs and signatures
      await new Promise<void>(resolve => {
        setImmediate(resolve)
      })
      await this.#alone.shift()?.()
      const group = this.#queue.splice(0, commitGroupMax)
      for (const { operation } of group) this.#queuedBytes -= operation.bytes
      const committed = this.#commit(group)
      for (const answer of answers) answer()
      answers = await committed
    }
    this.#running = undefined
  }

  /** Resolves with what the operations of the group are to be told, once they are on disk or have failed. */
  async #commit(group: readonly Waiting[]): Promise<readonly Answer[]> {
    const answers: Answer[] = []
    if (group.length === 0) return answers
    try {
      if (this.#failure !== undefined) throw this.#failure
      const staged = await this.#stage(group, answers)
      const started = performance.now()
      if (staged.size > 0) await this.#rows.write([...staged.values()])
      this.#events.committed?.({ operations: group.length, syncMs: performance.now() - started })
      return answers
    } catch (error) {
      const failure = this.fail(error)
      return group.map(({ reject }) => () => {
        reject(failure)
      })
    }
  }

  async #stage(group: readonly Waiting[], answers: Answer[]): Promise<Staged> {
    const reads = new Map<string, Uint8Array>()
    for (const { operation } of group) for (const key of operation.reads) reads.set(nameOf(key), key)
    const keys = [...reads.values()]
    const values = await this.#rows.look(keys)
    const known = new Map<string, Looked>()
    let at = 0
    for (const name of reads.keys()) known.set(name, values[at++])
    const staged: Staged = new Map()
    for (const { operation, resolve, reject } of group) {
      const own: Staged = new Map()
      try {
        const result = operation.apply(this.#transaction(known, staged, own))
        for (const [name, write] of own) staged.set(name, write)
        answers.push(() => {
          resolve(result)
        })
      } catch (error) {
        answers.push(() => {
          reject(error)
        })
      }
    }
    return staged
  }

  #transaction(known: ReadonlyMap<string, Looked>, staged: Staged, own: Staged): Transaction {
    return {
      get: key => {
        const name = nameOf(key)
        const write = own.get(name) ?? staged.get(name)
        if (write !== undefined) return write.type === 'put' ? write.value : undefined
        if (!known.has(name)) throw new TypeError('an operation read a key that it did not name')
        const value = known.get(name)
        if (value === corrupt) throw new MailboxError('STORE', 'What the operation builds on is corrupt.')
        return value
      },
      put: (key, value) => {
        own.set(nameOf(key), { type: 'put', key, value })
      },
      del: key => {
        own.set(nameOf(key), { type: 'del', key })
      },
      nextSeq: () => {
        if (this.#seq === this.#seqReserved) {
          this.#seqReserved += seqBlock
          // staged for the group, not for the operation: a refused one must not leave a number unreserved
          staged.set(nameOf(seqKey), { type: 'put', key: seqKey, value: u64(this.#seqReserved) })
        }
        this.#seq++
        return this.#seq
      }
    }
  }
}
