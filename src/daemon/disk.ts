/**
 * Watches how much is free on the disk of a relay's store. The fuller it is, the less the relay is told to take; almost
 * full, the ballast is given up, so that acks and pulls go on (SPEC §9.10).
 */
import { statfs } from 'node:fs/promises'
import { pause, type Environment, type Log } from '../environment.ts'
import { diskCheckMs } from '../limits.ts'
import { diskLevels, type Disk, type DiskLevel } from '../relay/options.ts'
import { Ballast } from './ballast.ts'

/** As node:fs has it, of the file system that holds a path; in blocks of `bsize` bytes. */
export type StatFs = (path: string) => Promise<{
  readonly blocks: number
  readonly bfree: number
  readonly bavail: number
  readonly bsize: number
}>

/** Percent of the disk in use from which each level holds; 100: never. */
export interface DiskShares {
  readonly 'no-mailboxes': number
  readonly 'no-strangers': number
  readonly 'owners-only': number
}

export interface DiskInit {
  /** The data directory. */
  readonly path: string
  readonly freeBytesMin: number
  readonly shares: DiskShares
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
/** And when the share in use is this many points below the one that was too large. */
const comebackPercent = 1

export class DiskWatch implements Disk {
  readonly #init: DiskInit
  readonly #ballast: Ballast
  readonly #statfs: StatFs
  #freeBytes = 0
  #usedPercent = 0
  /** Less is free than `freeBytesMin`, or not yet enough more. */
  #isScarce = false
  #level: DiskLevel = 'room'

  constructor(init: DiskInit) {
    this.#init = init
    this.#ballast = new Ballast(init.path, init.ballastBytes)
    this.#statfs = init.statfs ?? statfs
  }

  /** As of the last look. */
  get freeBytes(): number {
    return this.#freeBytes
  }

  /** 0 to 100, of what anybody but the system may use, as df has it. */
  get usedPercent(): number {
    return this.#usedPercent
  }

  readonly level = (): DiskLevel => this.#level

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
      await pause(env, diskCheckMs, signal)
    }
  }

  /** One look, and what follows from it. Never rejects: a disk that cannot be asked is left as it was. */
  async look(): Promise<void> {
    const { path, freeBytesMin, log } = this.#init
    try {
      const { blocks, bfree, bavail, bsize } = await this.#statfs(path)
      this.#freeBytes = bavail * bsize
      const used = blocks - bfree
      this.#usedPercent = used + bavail === 0 ? 0 : (100 * used) / (used + bavail)
      const isWhole = await this.#ballast.isWhole()
      if (this.#freeBytes < this.#ballast.bytes && (await this.release())) return
      const enough = freeBytesMin * comeback + (isWhole ? 0 : this.#ballast.bytes)
      if (this.#freeBytes < freeBytesMin) this.#isScarce = true
      else if (this.#freeBytes >= enough) {
        if (!isWhole) await this.#ballast.fill()
        this.#isScarce = false
      }
      this.#turn(this.#isScarce ? 'owners-only' : this.#byShare())
    } catch (error) {
      log('warn', 'disk_unknown', { error: String(error) })
    }
  }

  /** The highest level whose share is in use; one that holds ends a little below it. */
  #byShare(): DiskLevel {
    const { shares } = this.#init
    const held = diskLevels.indexOf(this.#level)
    const reached = diskLevels.filter((level, at) => {
      if (level === 'room') return true
      const share = shares[level]
      return share < 100 && this.#usedPercent >= share - (at <= held ? comebackPercent : 0)
    })
    return reached.at(-1) ?? 'room'
  }

  #turn(level: DiskLevel): void {
    if (this.#level === level) return
    const isWorse = diskLevels.indexOf(level) > diskLevels.indexOf(this.#level)
    this.#level = level
    const { freeBytesMin } = this.#init
    const fields = { level, freeBytes: this.#freeBytes, freeBytesMin, usedPercent: Math.round(this.#usedPercent) }
    if (isWorse) this.#init.log('error', 'disk_nearly_full', fields)
    else this.#init.log('info', 'disk_has_room', fields)
  }
}
