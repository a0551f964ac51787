/** A file system of its own in a loop file, whose power can be cut. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { ioctlTool } from './tools.ts'

/** EXT4_IOC_SHUTDOWN, and its flag for: neither the journal nor anything else is written any more. */
const shutdownRequest = 0x8004587d
const noLogFlush = 2
const MiB = 1024 * 1024

/** Commits of the journal that nobody asked for come this seldom, so that they do not hide a sync that is missing. */
const options = 'loop,noatime,commit=60'

export class LoopDisk {
  /** Where it is mounted. */
  readonly path: string
  readonly #image: string
  #mounted = false

  constructor(path: string, mib: number) {
    this.path = path
    this.#image = `${path}.img`
    writeFileSync(this.#image, '')
    truncateSync(this.#image, mib * MiB)
    run('mkfs.ext4', '-q', '-F', '-m', '0', this.#image)
    mkdirSync(path)
    this.#mount()
  }

  /** Everything written so far is on the disk. */
  sync(): void {
    run('sync', '--file-system', this.path)
  }

  /** After a cut, when no process uses it: mounted again, its journal replayed. @throws Error unless fsck finds it whole */
  recover(): void {
    this.release()
    this.#mount()
    this.release()
    run('fsck.ext4', '-f', '-n', this.#image)
    this.#mount()
  }

  release(): void {
    if (!this.#mounted) return
    run('umount', this.path)
    this.#mounted = false
  }

  #mount(): void {
    run('mount', '-o', options, this.#image, this.path)
    this.#mounted = true
  }
}

/** From this instant nothing reaches these disks; what had not been synced is gone. */
export function cutPower(disks: readonly LoopDisk[]): void {
  const tool = ioctlTool()
  if (tool === undefined) throw new Error('nothing here can call ioctl')
  const paths = disks.map(({ path }) => path)
  const [command, ...args] = tool(shutdownRequest, noLogFlush, paths)
  run(command, ...args)
}

/** @returns its stdout @throws Error with what the command said */
export function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (error !== undefined) throw error
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr.trim() || stdout.trim()}`)
  return stdout
}
