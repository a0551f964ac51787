/** One measured run of one system: warm up, leave every message, restart, warm up, collect every message. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpuSeconds, diskBytes, machineCpuSeconds, ownCpuSeconds, residentMiB } from './proc.ts'
import type { System, Work } from './system.ts'

export interface Load extends Work {
  /** Each leaves one message at a time. */
  readonly senders: number
  /** Each empties one mailbox at a time. */
  readonly collectors: number
}

/** What one run of one system came to; every number is a median when it stands for several runs. */
export interface Figures {
  readonly depositsPerSecond: number
  readonly depositP50Ms: number
  readonly depositP99Ms: number
  /** CPU of the system's processes, milliseconds for each message left. */
  readonly depositCpuMs: number
  /** CPU of the bench itself, milliseconds for each message left. */
  readonly depositClientCpuMs: number
  readonly drainPerSecond: number
  readonly drainCpuMs: number
  readonly drainClientCpuMs: number
  /** Growth of the data directories for each message, over all processes, after a restart. */
  readonly diskBytes: number
  readonly residentMiB: number
  readonly residentPeakMiB: number
  /** Cores busy with something else during the deposits. */
  readonly otherCores: number
}

interface Phase {
  readonly seconds: number
  readonly systemCpu: number
  readonly clientCpu: number
  readonly otherCores: number
}

/** Runs `work` and accounts for it. */
async function phase(system: System, work: () => Promise<void>): Promise<Phase> {
  const before = [cpuSeconds(system.pids), ownCpuSeconds(), machineCpuSeconds()] as const
  const start = performance.now()
  await work()
  const seconds = (performance.now() - start) / 1000
  const systemCpu = cpuSeconds(system.pids) - before[0]
  const clientCpu = ownCpuSeconds() - before[1]
  const otherCores = Math.max(0, (machineCpuSeconds() - before[2] - systemCpu - clientCpu) / seconds)
  return { seconds, systemCpu, clientCpu, otherCores }
}

async function each<T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> {
  const made: T[] = []
  for (let n = 0; n < count; n++) made.push(await make(n))
  return made
}

/** Leaves messages `from` … `to` - 1. */
async function depositAll(
  system: System,
  load: Load,
  range: { from: number; to: number },
  latencies: number[]
): Promise<Phase> {
  const senders = await each(load.senders, n => system.sender(n))
  let next = range.from
  const result = await phase(system, async () => {
    await Promise.all(
      senders.map(async sender => {
        while (next < range.to) {
          const i = next++
          const start = performance.now()
          await sender.deposit(i)
          latencies.push(performance.now() - start)
        }
      })
    )
  })
  for (const sender of senders) await sender.close()
  return result
}

/** Empties mailboxes `from` … `to` - 1, which hold `messages`. */
async function drainAll(
  system: System,
  load: Load,
  range: { from: number; to: number },
  messages: number
): Promise<Phase> {
  const collectors = await each(load.collectors, n => system.collector(n))
  let next = range.from
  let collected = 0
  const result = await phase(system, async () => {
    await Promise.all(
      collectors.map(async collector => {
        while (next < range.to) {
          const records = await collector.drain(next++)
          collected += records
        }
      })
    )
  })
  for (const collector of collectors) await collector.close()
  if (collected !== messages) throw new Error(`${messages} messages were left, ${collected} were collected`)
  return result
}

export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export async function measure(system: System, load: Load): Promise<Figures> {
  const root = await mkdtemp(join(tmpdir(), 'mailbox-bench-'))
  try {
    await system.start(root)
    const { messages, warmMessages, mailboxes, warmMailboxes } = load
    await depositAll(system, load, { from: messages, to: messages + warmMessages }, [])
    const base = diskBytes(system.directories)
    const latencies: number[] = []
    const deposits = await depositAll(system, load, { from: 0, to: messages }, latencies)
    const resident = [residentMiB(system.pids, 'VmRSS'), residentMiB(system.pids, 'VmHWM')] as const
    await system.restart()
    const disk = diskBytes(system.directories) - base
    await drainAll(system, load, { from: mailboxes, to: mailboxes + warmMailboxes }, warmMessages)
    const drains = await drainAll(system, load, { from: 0, to: mailboxes }, messages)
    latencies.sort((a, b) => a - b)
    return {
      depositsPerSecond: messages / deposits.seconds,
      depositP50Ms: quantile(latencies, 0.5),
      depositP99Ms: quantile(latencies, 0.99),
      depositCpuMs: (deposits.systemCpu / messages) * 1000,
      depositClientCpuMs: (deposits.clientCpu / messages) * 1000,
      drainPerSecond: messages / drains.seconds,
      drainCpuMs: (drains.systemCpu / messages) * 1000,
      drainClientCpuMs: (drains.clientCpu / messages) * 1000,
      diskBytes: disk / messages,
      residentMiB: resident[0],
      residentPeakMiB: resident[1],
      otherCores: deposits.otherCores
    }
  } finally {
    await system.stop()
    await rm(root, { recursive: true, force: true })
  }
}

/** Field by field, the middle of several runs. */
export function median(runs: readonly Figures[]): Figures {
  const first = runs[0]
  if (first === undefined) throw new Error('no run to take a median of')
  const middle = (key: keyof Figures): number =>
    quantile(
      runs.map(run => run[key]).sort((a, b) => a - b),
      0.5
    )
  return Object.fromEntries(Object.keys(first).map(key => [key, middle(key as keyof Figures)])) as unknown as Figures
}
