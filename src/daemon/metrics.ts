/**
 * What an operator can measure. One registry per node, the prefix `mailbox_`, base units, `_total` for counters. Labels
 * come from closed sets (statuses, protocols): never a mailbox, a peer or an address.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { diskLevels, type DiskLevel, type Metric, type Observe } from '../relay/options.ts'

/** Read when metrics are asked for. */
export interface Readings {
  readonly mailboxes: number
  readonly listing: number
  readonly draining: boolean
  readonly adverts: number
  readonly records: number
  readonly bytes: number
  readonly locators: number
  readonly relaysWaiting: number
  readonly connections: number
  /** Open streams by protocol. */
  readonly streams: ReadonlyMap<string, number>
  readonly ready: boolean
  readonly disk: { readonly freeBytes: number; readonly usedPercent: number; readonly level: DiskLevel }
}

export interface Metrics {
  readonly observe: Observe
  readonly contentType: string
  /** The exposition format, with the readings of this moment. */
  render: () => Promise<string>
  stop: () => void
}

const nanosecondsPerSecond = 1e9

type Observer = (value: number, label?: string) => void

/** Below the handlers. */
function wireCounters(
  registers: Registry[]
): Record<'connectionRefused' | 'connectionCut' | 'streamRefused', Observer> {
  const byReason = (name: string, help: string): Observer => {
    const counter = new Counter({ name, help, labelNames: ['reason'], registers })
    return (value, label) => {
      counter.inc({ reason: label ?? 'unknown' }, value)
    }
  }
  const help = 'Streams reset before their protocol was negotiated.'
  const streams = new Counter({ name: 'mailbox_streams_refused_total', help, registers })
  return {
    connectionRefused: byReason('mailbox_connections_refused_total', 'Connections that were not taken, by reason.'),
    connectionCut: byReason('mailbox_connections_cut_total', 'Connections ended for the place they had, by reason.'),
    streamRefused: value => {
      streams.inc(value)
    }
  }
}

function counters(registry: Registry): Observe {
  const registers = [registry]
  const total = (name: string, help: string): Counter => new Counter({ name, help, registers })
  const deposits = total('mailbox_deposits_total', 'Records accepted, each time a sender or a relay delivered one.')
  const refused = new Counter({
    name: 'mailbox_refused_total',
    help: 'Requests refused, by status.',
    labelNames: ['status'],
    registers
  })
  const limited = new Counter({
    name: 'mailbox_refused_by_limit_total',
    help: 'Requests refused because a limit was reached, by limit.',
    labelNames: ['limit'],
    registers
  })
  const pulled = total('mailbox_pulled_records_total', 'Records sent to owners.')
  const tombstoned = total('mailbox_tombstoned_records_total', 'Records removed by their owners.')
  const expired = total('mailbox_expired_records_total', 'Records removed past their expiry.')
  const repaired = total('mailbox_repaired_items_total', 'Items taken from other replicas.')
  const left = total(
    'mailbox_left_records_total',
    'Records dropped since their mailbox has left and other relays have them.'
  )
  const lapsed = total(
    'mailbox_lapsed_records_total',
    'Records dropped since the lease of their mailbox has ended long ago.'
  )
  const repairFailed = total('mailbox_repairs_failed_total', 'Repairs that another replica did not go through with.')
  const storeFailed = total('mailbox_store_failures_total', 'Times the store failed and had to be opened again.')
  const corrupt = total(
    'mailbox_corrupt_rows_total',
    'Rows of the store that were not sound, when they were set aside.'
  )
  const group = new Histogram({
    name: 'mailbox_commit_group_operations',
    help: 'Operations that went to disk in one commit.',
    registers,
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
  })
  const sync = new Histogram({
    name: 'mailbox_commit_seconds',
    help: 'Time of one commit including fsync.',
    registers,
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5]
  })
  const observers: Record<Metric, Observer> = {
    deposit: value => deposits.inc(value),
    refused: (value, label) => refused.inc({ status: label ?? 'UNAVAILABLE' }, value),
    limited: (value, label) => limited.inc({ limit: label ?? 'unknown' }, value),
    pulled: value => pulled.inc(value),
    tombstoned: value => tombstoned.inc(value),
    expired: value => expired.inc(value),
    repaired: value => repaired.inc(value),
    left: value => left.inc(value),
    lapsed: value => lapsed.inc(value),
    repairFailed: value => repairFailed.inc(value),
    storeFailed: value => storeFailed.inc(value),
    corrupt: value => corrupt.inc(value),
    commitOperations: value => group.observe(value),
    commitSyncMs: value => sync.observe(value / 1_000),
    ...wireCounters(registers)
  }
  return (metric, value, label) => {
    observers[metric](value, label)
  }
}

function gauges(registry: Registry, delay: ReturnType<typeof monitorEventLoopDelay>): (now: Readings) => void {
  const registers = [registry]
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers })
  const mailboxes = gauge('mailbox_mailboxes', 'Mailboxes open on this relay.')
  const listing = gauge('mailbox_listing_mailboxes', 'Mailboxes whose owners list this relay.')
  const draining = gauge('mailbox_draining', '1 when the relay is leaving.')
  const adverts = gauge('mailbox_adverts', 'Relays known by their adverts, this one included.')
  const records = gauge('mailbox_records', 'Records held.')
  const bytes = gauge('mailbox_record_bytes', 'Bytes of the records held.')
  const locators = gauge('mailbox_locators', 'Locators held for the neighbourhood.')
  const waiting = gauge('mailbox_repair_relays_waiting', 'Relays that lack something of this one, or do not answer.')
  const connections = gauge('mailbox_connections', 'Open connections.')
  const ready = gauge('mailbox_ready', '1 when the relay takes requests.')
  const diskFree = gauge('mailbox_disk_free_bytes', "Free on the disk of the relay's store.")
  const diskUsed = gauge('mailbox_disk_used_ratio', 'Share of that disk that is in use.')
  const diskLevel = gauge(
    'mailbox_disk_level',
    'What the disk is too full for. 0 nothing, 1 new mailboxes, 2 strangers as well, 3 any new record.'
  )
  const memory = gauge('mailbox_resident_memory_bytes', 'Resident memory of the process.')
  const started = gauge('mailbox_start_time_seconds', 'When the process started, Unix time.')
  const cpu = gauge('mailbox_cpu_seconds', 'CPU time of the process since its start.')
  const streams = new Gauge({
    name: 'mailbox_open_streams',
    help: 'Open streams, by protocol.',
    labelNames: ['protocol'],
    registers
  })
  const lag = new Gauge({
    name: 'mailbox_event_loop_lag_seconds',
    help: 'Event loop delay since the last reading, by quantile.',
    labelNames: ['quantile'],
    registers
  })
  started.set(Math.round(Date.now() / 1_000 - process.uptime()))
  return now => {
    mailboxes.set(now.mailboxes)
    listing.set(now.listing)
    draining.set(now.draining ? 1 : 0)
    adverts.set(now.adverts)
    records.set(now.records)
    bytes.set(now.bytes)
    locators.set(now.locators)
    waiting.set(now.relaysWaiting)
    connections.set(now.connections)
    ready.set(now.ready ? 1 : 0)
    diskFree.set(now.disk.freeBytes)
    diskUsed.set(now.disk.usedPercent / 100)
    diskLevel.set(diskLevels.indexOf(now.disk.level))
    memory.set(process.memoryUsage.rss())
    const { user, system } = process.cpuUsage()
    cpu.set((user + system) / 1e6)
    streams.reset()
    for (const [protocol, open] of now.streams) streams.set({ protocol }, open)
    for (const percent of [50, 99, 100])
      lag.set({ quantile: String(percent / 100) }, delay.percentile(percent) / nanosecondsPerSecond)
    delay.reset()
  }
}

export function createMetrics(read: () => Readings): Metrics {
  const registry = new Registry()
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const refresh = gauges(registry, delay)
  return {
    observe: counters(registry),
    contentType: registry.contentType,
    render: async () => {
      refresh(read())
      return await registry.metrics()
    },
    stop: () => {
      delay.disable()
    }
  }
}
