import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { accountPressedMs, censusBytes, connectionReservedBytesMax, requestDeadlineMs } from '../../../src/limits.ts'
import { Account, ranks, type Rank, type Tenant } from '../../../src/wire/account.ts'
import { memoryBytesMin, otherBytes, remoteBytesOf } from '../../../src/wire/memory.ts'

const MiB = 1024 * 1024

class FakeTenant implements Tenant {
  group = '192.0.2.1'
  held = 0
  waiting = 0
  standing: Rank = ranks.stranger
  isHeld = false
  isCut = false
  readonly bytes = (): number => this.held
  readonly unsent = (): number => this.waiting
  readonly rank = (): Rank => this.standing
  readonly hold = (on: boolean): void => {
    this.isHeld = on
  }
  readonly cut = (): void => {
    this.isCut = true
    this.held = 0
  }
}

function rented(held: number[], o: { now?: () => number } = {}): { account: Account; tenants: FakeTenant[] } {
  const account = new Account({ memoryBytesMax: otherBytes + 100 * MiB, now: o.now ?? (() => 0) })
  const tenants = held.map(bytes => {
    const tenant = new FakeTenant()
    tenant.held = bytes
    account.enter(tenant)
    return tenant
  })
  return { account, tenants }
}

const cutOf = (tenants: FakeTenant[]): boolean[] => tenants.map(({ isCut }) => isCut)
const heldOf = (tenants: FakeTenant[]): boolean[] => tenants.map(({ isHeld }) => isHeld)

describe('the account of what remote ends make this node hold', () => {
  test('has what the other parts of the memory leave', () => {
    assert.equal(new Account({ memoryBytesMax: otherBytes + 100 * MiB }).bytesMax, 100 * MiB)
    assert.equal(remoteBytesOf(0), memoryBytesMin - otherBytes)
  })

  test('is an upper bound between two counts: what moved is held until it is counted', () => {
    const { account, tenants } = rented([1 * MiB])
    account.moved(5 * MiB)
    assert.equal(account.bytes, 6 * MiB)
    tenants.forEach(tenant => (tenant.held = 2 * MiB))
    account.moved(censusBytes - 5 * MiB)
    assert.equal(account.bytes, 2 * MiB)
  })

  test('over the bound cuts the stranger that holds most, and no more than has to go', () => {
    const { account, tenants } = rented([10 * MiB, 60 * MiB, 35 * MiB])
    account.census()
    assert.deepEqual(cutOf(tenants), [false, true, false])
    assert.ok(account.bytes <= account.bytesMax)
  })

  test('makes room where the group is that holds most, though a newcomer of another holds more than each of it', () => {
    const { account, tenants } = rented([3 * MiB, ...Array.from({ length: 50 }, () => 2 * MiB)])
    for (const [n, tenant] of tenants.entries()) tenant.group = n === 0 ? 'newcomer' : n <= 10 ? 'few' : 'many'
    account.census()
    const cut = tenants.filter(({ isCut }) => isCut)
    assert.deepEqual([cut.length, new Set(cut.map(({ group }) => group))], [17, new Set(['many'])])
  })

  test('cuts strangers before owners, and owners before the relays of its mailboxes', () => {
    const { account, tenants } = rented([36 * MiB, 36 * MiB, 36 * MiB])
    const [replica, owner] = tenants as [FakeTenant, FakeTenant]
    replica.standing = ranks.replica
    owner.standing = ranks.owner
    account.census()
    assert.deepEqual(cutOf(tenants), [false, true, true])
  })

  test('cuts an owner that holds more than is due to it before strangers that do not', () => {
    const { account, tenants } = rented([41 * MiB, ...Array.from({ length: 62 }, () => 1 * MiB)])
    const [owner] = tenants as [FakeTenant]
    owner.standing = ranks.owner
    account.census()
    assert.deepEqual(
      cutOf(tenants).filter(isCut => isCut),
      [true]
    )
    assert.equal(owner.isCut, true)
  })

  test('cuts no owner or relay for what is due to it while there are strangers, however little each of these holds', () => {
    const { account, tenants } = rented([8 * MiB, 8 * MiB, ...Array.from({ length: 900 }, () => 0.1 * MiB)])
    const [replica, owner, ...strangers] = tenants as [FakeTenant, FakeTenant, ...FakeTenant[]]
    replica.standing = ranks.replica
    owner.standing = ranks.owner
    account.census()
    assert.deepEqual([replica.isCut, owner.isCut], [false, false])
    assert.ok(cutOf(strangers).includes(true))
  })

  test('under pressure stops those that hold more than a share, and lets them go on when it is over', () => {
    const { account, tenants } = rented([60 * MiB, 1 * MiB, 20 * MiB])
    account.census()
    assert.deepEqual(
      [heldOf(tenants), cutOf(tenants)],
      [
        [true, false, false],
        [false, false, false]
      ]
    )
    tenants.forEach(tenant => (tenant.held = 1 * MiB))
    account.census()
    assert.deepEqual(heldOf(tenants), [false, false, false])
  })

  test('cuts the largest when pressure lasts', () => {
    let nowMs = 0
    const { account, tenants } = rented([60 * MiB, 1 * MiB, 20 * MiB], { now: () => nowMs })
    account.census()
    nowMs = accountPressedMs - 1
    account.census()
    assert.deepEqual(cutOf(tenants), [false, false, false])
    nowMs++
    account.census()
    assert.deepEqual(cutOf(tenants), [true, false, false])
  })

  test('makes no large answer for who has not read the last ones, and goes on once they are read', async () => {
    const { account, tenants } = rented([0])
    const tenant = tenants[0] as FakeTenant
    const { signal } = new AbortController()
    const leave = await account.room(tenant, MiB, signal)
    tenant.waiting = connectionReservedBytesMax
    leave()
    let entered = false
    const waiting = account.room(tenant, MiB, signal).then(release => {
      entered = true
      return release
    })
    account.census()
    await Promise.resolve()
    assert.equal(entered, false)
    tenant.waiting = 0
    account.census()
    const release = await waiting
    release()
    account.census()
    assert.equal(account.bytes, 0)
  })

  test('counts an answer that is being made, and makes none that would not fit', async () => {
    const { account, tenants } = rented([99.5 * MiB])
    const stopped = new AbortController()
    const waiting = account.room(tenants[0] as FakeTenant, MiB, stopped.signal)
    stopped.abort()
    await assert.rejects(waiting, { code: 'ABORTED' })
  })

  test('keeps no request waiting for room longer than anybody waits for its answer', async () => {
    let nowMs = 0
    const { account, tenants } = rented([0], { now: () => nowMs })
    const tenant = tenants[0] as FakeTenant
    tenant.waiting = connectionReservedBytesMax
    const waiting = account.room(tenant, MiB, new AbortController().signal)
    nowMs = requestDeadlineMs - 1
    account.census()
    tenant.waiting = connectionReservedBytesMax
    const later = account.room(tenant, MiB, new AbortController().signal)
    nowMs++
    account.census()
    await assert.rejects(waiting, { code: 'BUSY' })
    tenant.waiting = 0
    account.census()
    await later
  })

  test('lets in nothing of a connection that is cut: what waited for room ends with it', async () => {
    const { account, tenants } = rented([60 * MiB, 1 * MiB])
    const [largest] = tenants as [FakeTenant]
    largest.waiting = connectionReservedBytesMax
    const waiting = [1, 2].map(async () => await account.room(largest, MiB, new AbortController().signal))
    largest.held = 101 * MiB
    account.census()
    assert.deepEqual(cutOf(tenants), [true, false])
    for (const one of waiting) await assert.rejects(one, { code: 'ABORTED' })
    await assert.rejects(account.room(largest, MiB, new AbortController().signal), { code: 'ABORTED' })
    assert.equal(account.bytes, 1 * MiB)
  })

  test('forgets who leaves, with what was reserved', async () => {
    const { account, tenants } = rented([5 * MiB])
    const tenant = tenants[0] as FakeTenant
    const release = await account.room(tenant, MiB, new AbortController().signal)
    account.leave(tenant)
    release()
    assert.equal(account.bytes, 0)
  })
})
