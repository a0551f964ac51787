/** Where a relay of the lab kills itself, and the disk, signature and network that do it. */
import { kinds } from '../../src/relay/keys.ts'
import type { Cursor, Database, Range, Write } from '../../src/relay/database.ts'
import type { Handler, Protocol, Responder } from '../../src/wire/port.ts'
import { protocols } from '../../src/wire/port.ts'

/** Moments of a commit: before it, once it is written but not synced, once it is synced. */
type Moment = 'before' | 'written' | 'synced'
/** What a commit holds; records that come by repair, not by a deposit, are `repair`. */
type Content = 'deposit' | 'repair' | 'ack' | 'version' | 'other'

export type FailPoint = `${Content}:${Moment}` | 'receipt:signed' | 'answer:made' | 'start:reading' | 'stop:closing'

export interface Trap {
  readonly point: FailPoint
  /** Killed the n-th time it is reached; from 1. */
  readonly hits: number
}

/** Counts how often the point of the trap is reached; ends the process there. */
export class FailPoints {
  readonly #trap: Trap | undefined
  #hits = 0
  #deposits = 0

  constructor(trap: Trap | undefined) {
    this.#trap = trap
  }

  /** Whether the process ends when this point is reached next. */
  isNext(point: FailPoint): boolean {
    return this.#trap?.point === point && this.#hits + 1 === this.#trap.hits
  }

  /** Does not return when it is the moment: SIGKILL to oneself takes effect before the call is over. */
  reached(point: FailPoint): void {
    if (this.isNext(point)) process.kill(process.pid, 'SIGKILL')
    if (this.#trap?.point === point) this.#hits++
  }

  /** What a commit holds. Deposits and repair do not meet where the lab sets a trap for one of them. */
  contentOf(writes: readonly Write[]): Content {
    const puts = (kind: number): boolean => writes.some(({ type, key }) => type === 'put' && key[0] === kind)
    if (puts(kinds.record)) return this.#deposits > 0 ? 'deposit' : 'repair'
    if (puts(kinds.tombstone)) return 'ack'
    return puts(kinds.meta) ? 'version' : 'other'
  }

  sign(sign: (message: Uint8Array) => Promise<Uint8Array>): (message: Uint8Array) => Promise<Uint8Array> {
    return async message => {
      const signature = await sign(message)
      this.reached('receipt:signed')
      return signature
    }
  }

  responder(inner: Responder): Responder {
    return {
      handle: async (protocol, handler) => {
        await inner.handle(protocol, this.#handler(protocol, handler))
      },
      unhandle: async protocol => {
        await inner.unhandle(protocol)
      }
    }
  }

  #handler(protocol: Protocol, handler: Handler): Handler {
    if (protocol !== protocols.deposit) return handler
    return async (request, session) => {
      this.#deposits++
      try {
        const answer = await handler(request, session)
        this.reached('answer:made')
        return answer
      } finally {
        this.#deposits--
      }
    }
  }
}

type Closable = Database & { close: () => Promise<void> }

/** A database whose process may end at any moment of a commit, and that does not sync when it is told so. */
export class FailingDatabase implements Database {
  readonly #inner: Closable
  readonly #points: FailPoints
  readonly #sync: boolean

  constructor(inner: Closable, points: FailPoints, o: { sync: boolean }) {
    this.#inner = inner
    this.#points = points
    this.#sync = o.sync
  }

  async open(): Promise<void> {
    await this.#inner.open()
  }

  async close(): Promise<void> {
    await this.#inner.close()
  }

  async batch(writes: Write[], options: Parameters<Database['batch']>[1]): Promise<void> {
    const content = this.#points.contentOf(writes)
    this.#points.reached(`${content}:before`)
    const dies = this.#points.isNext(`${content}:written`)
    await this.#inner.batch(writes, { ...options, sync: options.sync && this.#sync && !dies })
    this.#points.reached(`${content}:written`)
    this.#points.reached(`${content}:synced`)
  }

  get: Database['get'] = async (key, options) => await this.#inner.get(key, options)
  getSync: Database['getSync'] = (key, options) => this.#inner.getSync(key, options)
  getMany: Database['getMany'] = async (keys, options) => await this.#inner.getMany(keys, options)

  iterator(options: Parameters<Database['iterator']>[0] & Range): Cursor {
    const cursor = this.#inner.iterator(options)
    return {
      nextv: async size => {
        this.#points.reached('start:reading')
        return await cursor.nextv(size)
      },
      close: async () => {
        await cursor.close()
      }
    }
  }
}
