import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Opens, type ConnectionOpens, type OpenLimits } from '../../../src/wire/opens.ts'

const limits: OpenLimits = {
  perConnection: { perSecond: 10, burst: 20 },
  perGroup: { perSecond: 20, burst: 30 },
  floor: { perSecond: 1, burst: 2 },
  refusals: 3
}

/** Opens until one is not let in. @returns how many were, and the verdict on the one that was not */
function fill(connection: ConnectionOpens, nowMs: number): { opened: number; verdict: string } {
  for (let opened = 0; ; opened++) {
    const verdict = connection.take(nowMs)
    if (verdict !== 'open') return { opened, verdict }
    assert.ok(opened < 1_000, 'never refused')
  }
}

describe('streams that are opened', () => {
  test('are as many at once as the burst, and then as many as the rate gives', () => {
    const connection = new Opens(limits).connection('192.0.2.1', 0)
    assert.deepEqual(fill(connection, 0), { opened: 20, verdict: 'refuse' })
    assert.deepEqual(fill(connection, 500), { opened: 5, verdict: 'refuse' })
  })

  test('are refused, and end their connection when that does not stop them', () => {
    const connection = new Opens(limits).connection('192.0.2.1', 0)
    fill(connection, 0)
    assert.deepEqual(
      [1, 2, 3].map(() => connection.take(0)),
      ['refuse', 'refuse', 'end']
    )
  })

  test('are bounded for a group, which keeps its account when its connections end', () => {
    const opens = new Opens(limits)
    const group = '192.0.2.1'
    assert.equal(fill(opens.connection(group, 0), 0).opened, 20)
    // 30 of the group and two of each connection's floor
    assert.equal(fill(opens.connection(group, 0), 0).opened, 14)
    assert.equal(fill(opens.connection(group, 0), 0).opened, 2)
    assert.equal(fill(opens.connection('192.0.2.2', 0), 0).opened, 20)
  })

  test('keep a floor for each connection of a group that others use up', () => {
    const opens = new Opens(limits)
    const honest = opens.connection('192.0.2.1', 0)
    for (let n = 0; n < 3; n++) fill(opens.connection('192.0.2.1', 0), 0)
    assert.equal(fill(honest, 0).opened, 2)
    assert.equal(honest.take(1_000), 'open')
  })

  test('know no group where nothing is known of the other end', () => {
    const opens = new Opens(limits)
    for (let n = 0; n < 3; n++) assert.equal(fill(opens.connection(undefined, 0), 0).opened, 20)
  })
})
