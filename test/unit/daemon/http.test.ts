import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import type { Phase, Standing, Trouble } from '../../../src/daemon/http.ts'
import { startAdmin } from '../../../src/daemon/http.ts'
import { createMetrics } from '../../../src/daemon/metrics.ts'
import type { DiskLevel } from '../../../src/relay/options.ts'

let phase: Phase = 'starting'
let trouble: readonly Trouble[] = []
let disk: DiskLevel = 'room'
const metrics = createMetrics(() => ({
  mailboxes: 2,
  listing: 1,
  draining: true,
  adverts: 4,
  records: 3,
  bytes: 4_096,
  locators: 5,
  relaysWaiting: 8,
  connections: 6,
  streams: new Map([['/mailbox/owner/1.0.0', 7]]),
  ready: phase === 'ready',
  disk: { freeBytes: 8_192, usedPercent: 93, level: disk }
}))
const standing = (): Standing => ({ phase, id: undefined, draining: phase === 'ready', listing: 1, disk, trouble })
const admin = await startAdmin('127.0.0.1:0', { standing, metrics })
after(async () => {
  await admin.close()
  metrics.stop()
})

const answer = async (path: string, init?: RequestInit): Promise<{ status: number; body: string }> => {
  const response = await fetch(`${admin.url}${path}`, init)
  return { status: response.status, body: await response.text() }
}

for (const now of ['starting', 'stopping', 'failed'] as const) {
  test(`a relay that is ${now} is alive and not ready`, async () => {
    phase = now
    assert.equal((await answer('/health/live')).status, 200)
    assert.deepEqual(await answer('/health/ready'), {
      status: 503,
      body: `{"ready":false,"phase":"${now}","draining":false,"listing":1,"disk":"room"}`
    })
  })
}

test('a relay that takes requests is ready, also while it is leaving', async () => {
  phase = 'ready'
  assert.deepEqual(await answer('/health/ready'), {
    status: 200,
    body: '{"ready":true,"phase":"ready","draining":true,"listing":1,"disk":"room"}'
  })
})

test('a relay that is ready says what an operator should see to, and measures it', async () => {
  phase = 'ready'
  trouble = ['disk_nearly_full']
  disk = 'no-strangers'
  assert.deepEqual(await answer('/health/ready'), {
    status: 200,
    body: '{"ready":true,"phase":"ready","draining":true,"listing":1,"disk":"no-strangers","trouble":["disk_nearly_full"]}'
  })
  const { body } = await answer('/metrics')
  trouble = []
  disk = 'room'
  for (const line of ['mailbox_disk_free_bytes 8192', 'mailbox_disk_used_ratio 0.93', 'mailbox_disk_level 2'])
    assert.ok(body.split('\n').includes(line), line)
})

test('metrics carry the readings of the moment and what was observed', async () => {
  phase = 'ready'
  metrics.observe('deposit', 1)
  metrics.observe('refused', 1, 'QUOTA')
  metrics.observe('limited', 1, 'strangersRecordsMax')
  metrics.observe('commitOperations', 12)
  metrics.observe('commitSyncMs', 3)
  const { body } = await answer('/metrics')
  for (const line of [
    'mailbox_mailboxes 2',
    'mailbox_listing_mailboxes 1',
    'mailbox_draining 1',
    'mailbox_adverts 4',
    'mailbox_records 3',
    'mailbox_record_bytes 4096',
    'mailbox_locators 5',
    'mailbox_repair_relays_waiting 8',
    'mailbox_connections 6',
    'mailbox_ready 1',
    'mailbox_open_streams{protocol="/mailbox/owner/1.0.0"} 7',
    'mailbox_deposits_total 1',
    'mailbox_refused_total{status="QUOTA"} 1',
    'mailbox_commit_group_operations_count 1',
    'mailbox_commit_seconds_sum 0.003'
  ])
    assert.ok(body.split('\n').includes(line), line)
  assert.match(body, /^mailbox_event_loop_lag_seconds\{quantile="0.99"\} \d/m)
  assert.match(body, /^mailbox_resident_memory_bytes \d{7,}$/m)
})

test('every metric has the prefix, a help text and a base unit', async () => {
  const { body } = await answer('/metrics')
  const names = [...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => ({ name: name ?? '', type }))
  assert.ok(names.length > 10)
  for (const { name, type } of names) {
    assert.match(name, /^mailbox_/)
    assert.doesNotMatch(name, /_(ms|kib|hours)$/)
    assert.equal(name.endsWith('_total'), type === 'counter', name)
  }
})

test('other paths and methods are 404 and say nothing', async () => {
  assert.deepEqual(await answer('/'), { status: 404, body: '{"error":"not found"}' })
  assert.equal((await answer('/health/live', { method: 'POST' })).status, 404)
})

test('a request body is refused', async () => {
  assert.ok((await answer('/health/live', { method: 'POST', body: 'x'.repeat(1_000) })).status >= 400)
})

test('oversized headers end the connection with an answer', async () => {
  const { port, hostname } = new URL(admin.url)
  const socket = connect(Number(port), hostname)
  socket.write(`GET /health/live HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(9 * 1024)}\r\n\r\n`)
  const parts: Buffer[] = []
  for await (const part of socket) parts.push(part as Buffer)
  assert.match(Buffer.concat(parts).toString(), /^HTTP\/1.1 431 /)
})

test('an address that is taken is CONFIG', async () => {
  const taken = new URL(admin.url).host
  await assert.rejects(startAdmin(taken, { standing, metrics }), { code: 'CONFIG', message: /EADDRINUSE/ })
})
