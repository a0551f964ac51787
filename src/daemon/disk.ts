/**
 * Watches how much is free on the disk of a relay's store. Nearly full, the relay is told to take no new records; almost
 * full, the ballast is given up, so that acks and pulls go on (SPEC §9.10).
 */
import { statfs } from 'node:fs/promises'
import type { Environment, Log } from '../environment.ts'
import { diskCheckMs } from '../limits.ts'
import type { Disk } from '../relay/options.ts'
import { Ballast } from './ballast.ts'

/** As node:fs has it, of the file system that holds a path. */
export type StatFs = (path: string) => Promise<{ readonly bavail: number; readonly bsize: number }>

export interface DiskInit {
  /** The data directory. */
  readonly path: string
  readonly freeBytesMin: number
  /** 0: none. */
  readonly ballastBytes: number
  readonly env: Environment
  readonly log: Log
  /** Makes the database below `path` readable again while it is closed. */
  readonly salvage: () => Promise<void>
  readonly statfs?: StatFs
}

/** Room that is back is believed when it is this much more than what was too little: or it would come and go. */
const comeback = 1.25

export class DiskWatch implements Disk {
  readonly #init: DiskInit
  readonly #ballast: Ballast
  readonly #statfs: StatFs
  #freeBytes = 0
  #room = true

  constructor(init: DiskInit) {
    this.#init = init
    this.#ballast = new Ballast(init.path, init.ballastBytes)
    this.#statfs = init.statfs ?? statfs
  }

  /** As of the last look. */
  get freeBytes(): number {
    return this.#freeBytes
  }

  readonly hasRoom = (): boolean => this.#room

  readonly makeRoom = async (): Promise<void> => {
    await this.release()
  }

  readonly salvage = async (): Promise<void> => {
    await this.#init.salvage()
  }

  /** @returns whether that gave any room */
  async release(): Promise<boolean> {
    const released = await this.#ballast.release()
    if (released) this.#init.log('warn', 'ballast_released', { bytes: this.#ballast.bytes })
    return released
  }

  /** Looks every diskCheckMs until `signal` aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    const { env } = this.#init
    while (!signal.aborted) {
      await this.look()
      await env.delay(diskCheckMs, signal).catch(() => undefined)
    }
  }

  /** One look, and what follows from it. Never rejects: a disk that cannot be asked is left as it was. */
  async look(): Promise<void> {
    const { path, freeBytesMin, log } = this.#init
    try {
      const { bavail, bsize } = await this.#statfs(path)
      this.#freeBytes = bavail * bsize
      const isWhole = await this.#ballast.isWhole()
      if (this.#freeBytes < this.#ballast.bytes && (await this.release())) return
      const enough = freeBytesMin * comeback + (isWhole ? 0 : this.#ballast.bytes)
      if (this.#freeBytes < freeBytesMin) this.#turn(false)
      else if (this.#freeBytes >= enough) {
        if (!isWhole) await this.#ballast.fill()
        this.#turn(true)
      }
    } catch (error) {
      log('warn', 'disk_unknown', { error: String(error) })
    }
  }

  #turn(room: boolean): void {
    if (this.#room === room) return
    this.#room = room
    const fields = { freeBytes: this.#freeBytes, freeBytesMin: this.#init.freeBytesMin }
    if (room) this.#init.log('info', 'disk_has_room', fields)
    else this.#init.log('error', 'disk_nearly_full', fields)
  }
}
