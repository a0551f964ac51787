/** fdatasync fails in one relay: nothing more is promised until it is started again, and what was promised is there. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { Fault, Row } from '../fault.ts'
import { heldOnDisk } from '../held.ts'
import { Load } from '../load.ts'
import { settle } from '../settle.ts'
import { until, within } from '../waiting.ts'

const noticedMs = 30_000
const attachMs = 10_000
/** It serves again within this time after syncs succeed again, or it is started again. */
const againMs = 10_000

/** From the `n`-th sync on, every sync of the process and its threads fails with EIO. @returns what ends that */
async function failSyncs(pid: number, n: number): Promise<() => Promise<void>> {
  const inject = `inject=fdatasync,fsync:error=EIO:when=${n}+`
  const args = ['-f', '-q', '-o', '/dev/null', '-e', 'trace=fdatasync,fsync', '-e', inject, '-p', String(pid)]
  const tracer = spawn('strace', args, { stdio: 'ignore' })
  const ended = once(tracer, 'exit')
  await until(attachMs, 'strace is attached', async () => (await tracerOf(pid)) === tracer.pid)
  return async () => {
    tracer.kill('SIGTERM')
    await within(attachMs, 'strace is gone', ended)
  }
}

/** 0: nobody traces it. */
async function tracerOf(pid: number): Promise<number> {
  return Number(/^TracerPid:\s+(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1])
}

export const syncError: Fault = {
  name: 'sync-error',
  needs: ['strace'],
  async *run(lab): AsyncGenerator<Row> {
    const trio = await lab.trio()
    const relay = lab.chance.pick(trio.relays)
    const load = await Load.open(lab, trio.relays)
    load.start()
    await load.more(20)
    const n = 1 + lab.chance.below(20)
    const detach = await failSyncs(relay.pid, n)
    try {
      await until(noticedMs, 'the relay says that it is not ready', async () => (await relay.ready()) === false)
      await load.more(50)
    } finally {
      await detach()
    }
    const again = await until(againMs, 'it is ready', async () => (await relay.ready()) === true).then(
      () => 'ready again by itself',
      () => 'not ready until it was started again'
    )
    await relay.end('SIGTERM')
    const { ids } = await heldOnDisk(relay.data)
    const broken = load.ledger.heldAlone(relay.id, ids)
    await trio.restart(relay)
    const notes = [`EIO from sync ${n} on, then none: ${again}; ${broken} receipts broken`]
    const settled = await settle(load, await lab.observer(), trio.relays)
    yield { title: 'fdatasync of one relay fails', keeps: true, notes, ...settled }
  }
}
