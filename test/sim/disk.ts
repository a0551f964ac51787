/**
 * A disk, and a process's view of it. A write that was asked to be synced is on the disk with everything written before
 * it; what was not synced is lost in a power failure from some write on, as with a log.
 */
import { MemoryLevel } from 'memory-level'
import type { SimProcess } from './sim-process.ts'
import { never } from './sim-process.ts'

interface Write {
  readonly type: 'put' | 'del'
  readonly key: Uint8Array
  readonly value?: Uint8Array
}

/** A power failure at the `left`th write from now, before it is on the disk or before anybody learns that it is. */
export interface Trap {
  left: number
  readonly when: 'before' | 'after'
  readonly spring: () => void
}

export type Rows = ReadonlyMap<string, Required<Write>>

const writeMs = 2
const answerMs = 1
const nameOf = (key: Uint8Array): string => Buffer.from(key).toString('latin1')

export class Disk {
  /** `refuses`: nothing is written. `unknown`: the write fails and is on the disk all the same. */
  full: 'no' | 'refuses' | 'unknown' = 'no'
  trap: Trap | undefined
  #synced = new Map<string, Required<Write>>()
  #unsynced: Array<readonly Write[]> = []

  get rows(): Rows {
    return new Map(this.#synced)
  }

  write(writes: readonly Write[], sync: boolean): void {
    this.#unsynced.push(writes)
    if (sync) this.keep(this.#unsynced.length)
  }

  /** What is not synced is lost, but for the first `count` writes. */
  keep(count: number): void {
    for (const { type, key, value } of this.#unsynced.slice(0, count).flat()) {
      if (type === 'put') this.#synced.set(nameOf(key), { type, key, value: value ?? new Uint8Array(0) })
      else this.#synced.delete(nameOf(key))
    }
    this.#unsynced = []
  }

  get unsynced(): number {
    return this.#unsynced.length
  }

  /** Another disk, with these rows. */
  replace(rows: Rows): void {
    this.#synced = new Map(rows)
    this.#unsynced = []
  }
}

/** The method that a database implements is not in the types. */
const implementer = MemoryLevel.prototype as unknown as {
  _batch: (...args: unknown[]) => Promise<void>
  _clear: (options: { limit: number }) => Promise<void>
}

/** What one process sees of its disk; a new one is made for every process. */
export class DiskLevel extends MemoryLevel {
  readonly #disk: Disk
  readonly #process: SimProcess

  constructor(disk: Disk, process: SimProcess) {
    super()
    this.#disk = disk
    this.#process = process
  }

  /** As often as the process opens it: what is there is what is on the disk. */
  async _open(): Promise<void> {
    await implementer._clear.call(this, { limit: -1 })
    await implementer._batch.call(this, [...this.#disk.rows.values()], {})
  }

  async _batch(writes: readonly Write[], options: { sync?: boolean }): Promise<void> {
    await this.#passes(writeMs)
    await this.#sprung('before')
    const { full } = this.#disk
    if (full === 'refuses') throw new Error('no space left on the disk')
    this.#disk.write(writes, options.sync === true)
    if (full === 'unknown') throw new Error('the disk failed while it wrote')
    await this.#sprung('after')
    await implementer._batch.call(this, writes, options)
    await this.#passes(answerMs)
  }

  async #passes(ms: number): Promise<void> {
    await this.#process.env.delay(ms)
  }

  async #sprung(when: Trap['when']): Promise<void> {
    const { trap } = this.#disk
    if (trap?.when !== when || --trap.left > 0) return
    this.#disk.trap = undefined
    trap.spring()
    await never()
  }
}
