import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { DiskWatch } from '../../../src/daemon/disk.ts'
import { diskCheckMs } from '../../../src/limits.ts'
import { ManualClock } from '../../helpers/clients.ts'

const root = mkdtempSync(join(tmpdir(), 'mailbox-disk-'))
after(() => {
  rmSync(root, { recursive: true })
})

const KiB = 1024
const freeBytesMin = 1_000 * KiB
const ballastBytes = 100 * KiB

/** A disk with so much free, in blocks of 1 KiB, beside what the ballast takes. */
class FakeDisk {
  readonly path = mkdtempSync(join(root, 'data-'))
  readonly clock = new ManualClock()
  readonly events: string[] = []
  freeKiB = 0
  usedKiB = 0
  broken = false
  readonly watch: DiskWatch

  constructor(o: { freeBytesMin: number; ballastBytes: number } = { freeBytesMin, ballastBytes }) {
    this.watch = new DiskWatch({
      ...o,
      shares: { 'no-mailboxes': 85, 'no-strangers': 92, 'owners-only': 97 },
      path: this.path,
      env: this.clock,
      salvage: async () => {
        await Promise.resolve()
      },
      log: (_level, event) => {
        this.events.push(event)
      },
      statfs: async () => {
        if (this.broken) throw new Error('Input/output error')
        const bavail = this.freeKiB - this.ballast / KiB
        // what the system keeps for itself is neither used nor free
        return await Promise.resolve({ blocks: this.usedKiB + bavail + 50, bfree: bavail + 50, bavail, bsize: KiB })
      }
    })
  }

  get ballast(): number {
    return readdirSync(this.path).includes('ballast') ? statSync(join(this.path, 'ballast')).size : 0
  }

  async looked(freeKiB: number): Promise<boolean> {
    this.freeKiB = freeKiB
    await this.watch.look()
    return this.watch.level() === 'room'
  }
}

test('below the minimum there is no room, and none again before there is a quarter more', async () => {
  const disk = new FakeDisk({ freeBytesMin, ballastBytes: 0 })
  assert.equal(await disk.looked(5_000), true)
  assert.equal(await disk.looked(1_000), true)
  assert.equal(await disk.looked(999), false)
  assert.equal(await disk.looked(1_249), false)
  assert.equal(await disk.looked(1_250), true)
  assert.equal(disk.watch.freeBytes, 1_250 * KiB)
  assert.deepEqual(disk.events, ['disk_nearly_full', 'disk_has_room'])
})

test('a minimum of 0 never refuses', async () => {
  assert.equal(await new FakeDisk({ freeBytesMin: 0, ballastBytes: 0 }).looked(0), true)
})

test('the ballast really takes its room, is given up on an almost full disk and made again when there is room', async () => {
  const disk = new FakeDisk()
  assert.equal(await disk.looked(1_349), true)
  assert.equal(disk.ballast, 0)
  await disk.looked(5_000)
  assert.equal(disk.ballast, ballastBytes)
  const path = join(disk.path, 'ballast')
  assert.ok(statSync(path).blocks * 512 >= ballastBytes)
  assert.ok(deflateSync(readFileSync(path)).byteLength >= ballastBytes)
  assert.equal(await disk.looked(500), false)
  assert.equal(disk.ballast, ballastBytes)
  await disk.looked(199)
  assert.equal(disk.ballast, 0)
  assert.equal(await disk.looked(1_300), false)
  assert.equal(await disk.looked(1_350), true)
  assert.equal(disk.ballast, ballastBytes)
})

test('a ballast that was not finished is made anew', async () => {
  const disk = new FakeDisk()
  await disk.looked(5_000)
  truncateSync(join(disk.path, 'ballast'), 10)
  await disk.looked(5_000)
  assert.equal(disk.ballast, ballastBytes)
})

test('a store that is to be opened again is given the room of the ballast, once', async () => {
  const disk = new FakeDisk()
  await disk.looked(5_000)
  assert.equal(await disk.watch.release(), true)
  assert.equal(await disk.watch.release(), false)
  assert.equal(disk.ballast, 0)
})

test('a disk that cannot be asked changes nothing', async () => {
  const disk = new FakeDisk()
  await disk.looked(500)
  disk.broken = true
  assert.equal(await disk.looked(5_000), false)
  assert.ok(disk.events.includes('disk_unknown'))
})

test('the disk is looked at every second until the watch ends', async () => {
  const disk = new FakeDisk({ freeBytesMin, ballastBytes: 0 })
  disk.freeKiB = 5_000
  const stop = new AbortController()
  const watched = disk.watch.watch(stop.signal)
  disk.freeKiB = 1
  // a look is over when the next one waits for the clock
  while (disk.watch.level() === 'room') {
    await new Promise(resolve => setImmediate(resolve))
    disk.clock.advance(diskCheckMs)
  }
  stop.abort(new Error('stopped'))
  await watched
})

test('the fuller the disk, the less is taken, and each level ends a point below where it began', async () => {
  const disk = new FakeDisk({ freeBytesMin: 0, ballastBytes: 0 })
  const at = async (percent: number): Promise<string> => {
    disk.usedKiB = percent * 100
    await disk.looked(10_000 - disk.usedKiB)
    return disk.watch.level()
  }
  assert.equal(await at(84.99), 'room')
  assert.equal(await at(85), 'no-mailboxes')
  assert.equal(await at(91.99), 'no-mailboxes')
  assert.equal(await at(92), 'no-strangers')
  assert.equal(await at(97), 'owners-only')
  assert.equal(await at(96.01), 'owners-only')
  assert.equal(await at(95.99), 'no-strangers')
  assert.equal(await at(91), 'no-strangers')
  assert.equal(await at(84.5), 'no-mailboxes')
  assert.equal(await at(83.9), 'room')
  assert.equal(await at(99), 'owners-only')
  assert.equal(disk.watch.usedPercent, 99)
  assert.equal(await at(10), 'room')
})

test('a share of 100 is never reached; too few bytes free is the last level whatever the share', async () => {
  const disk = new FakeDisk()
  disk.usedKiB = 1
  assert.equal(await disk.looked(999), false)
  assert.equal(disk.watch.level(), 'owners-only')
  const path = mkdtempSync(join(root, 'data-'))
  const watch = new DiskWatch({
    path,
    env: disk.clock,
    freeBytesMin: 0,
    ballastBytes: 0,
    shares: { 'no-mailboxes': 100, 'no-strangers': 100, 'owners-only': 100 },
    salvage: async () => {
      await Promise.resolve()
    },
    log: () => undefined,
    statfs: async () => await Promise.resolve({ blocks: 100, bfree: 0, bavail: 0, bsize: KiB })
  })
  await watch.look()
  assert.deepEqual([watch.usedPercent, watch.level()], [100, 'room'])
})
