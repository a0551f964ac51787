/** One attack from beginning to end: relays, honest clients, attackers, and what came of it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startNode } from '../../src/client/node.ts'
import { silent, systemEnvironment } from '../../src/environment.ts'
import { memoryBytesMax } from '../../src/limits.ts'
import type { Network, Protocol } from '../../src/wire/port.ts'
import { pause } from '../faultlab/waiting.ts'
import { cpuSeconds, diskBytes, residentMiB } from '../bench/proc.ts'
import type { Attack, Counts, Row } from './attack.ts'
import { Attackers } from './attackers.ts'
import { Honest } from './honest.ts'
import { AttackedRelay } from './relay.ts'

const relaysCount = 3
const MiB = 1024 * 1024
/** What a relay states that it has resident at most (SPEC §5.6). */
const rssMiBMax = memoryBytesMax / MiB
/** Of the honest clients after the attackers have gone. */
const afterMs = 2_000

export interface Schedule {
  /** Of each phase. */
  readonly seconds: number
  readonly seed: string
}

export class Scene implements AsyncDisposable {
  readonly relays: readonly AttackedRelay[]
  readonly honest: Honest
  /** Of the relays' disks since the attack began. */
  grownMiB = 0
  readonly #stack: AsyncDisposableStack
  #observer: Network | undefined

  private constructor(relays: readonly AttackedRelay[], honest: Honest, stack: AsyncDisposableStack) {
    this.relays = relays
    this.honest = honest
    this.#stack = stack
  }

  static async open({ setting = {} }: Attack): Promise<Scene> {
    await using stack = new AsyncDisposableStack()
    const directory = mkdtempSync(join(tmpdir(), 'mailbox-attack-'))
    stack.defer(() => {
      rmSync(directory, { recursive: true, force: true })
    })
    const { registrationBits = 0 } = setting
    const relays: AttackedRelay[] = []
    for (let n = 0; n < relaysCount; n++) {
      const bootstrap = relays.map(({ address }) => address)
      const data = join(directory, `R${n}`)
      const lie = n === relaysCount - 1 && setting.lie !== undefined ? { lie: setting.lie } : {}
      const relay = new AttackedRelay(`R${n}`, {
        data,
        bootstrap,
        flags: setting.flags ?? [],
        registrationBits,
        ...lie
      })
      stack.defer(async () => {
        await relay.end()
      })
      await relay.start()
      relays.push(relay)
    }
    const honest = stack.use(await Honest.open(relays, setting))
    return new Scene(relays, honest, stack.move())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync()
  }

  /** Sum over the relays. */
  async metric(name: string): Promise<number> {
    const values = await Promise.all(this.relays.map(async relay => await relay.metric(name)))
    return values.reduce((sum, value) => sum + value, 0)
  }

  /** Status → times refused so far, by all relays. */
  async refused(): Promise<Map<string, number>> {
    const sums = new Map<string, number>()
    for (const metrics of await Promise.all(this.running.map(async relay => await relay.metrics()))) {
      for (const [name, value] of metrics) {
        const labels = /^mailbox_refused_total\{(.*)\}$/.exec(name)?.[1]
        if (labels === undefined) continue
        const text = [...labels.matchAll(/="([^"]*)"/g)].map(([, label]) => label).join(' ')
        sums.set(text, (sums.get(text) ?? 0) + value)
      }
    }
    return sums
  }

  /** One question to one relay, of somebody who has nothing to do with the attack. */
  async ask(relay: AttackedRelay, protocol: Protocol, request: Uint8Array): Promise<Uint8Array> {
    if (this.#observer === undefined) {
      const { network, stop } = await startNode([], { log: silent, env: systemEnvironment, gossip: false })
      this.#stack.defer(stop)
      this.#observer = network
    }
    return await (await this.#observer.channel(relay, protocol)).call(request)
  }

  get running(): AttackedRelay[] {
    return this.relays.filter(({ crash }) => crash === undefined)
  }

  get crashes(): string[] {
    return this.relays.flatMap(({ crash }) => crash ?? [])
  }

  diskMiB(): number {
    return diskBytes(this.relays.map(({ data }) => data)) / MiB
  }

  /** Of the relay that has had most. */
  rssMiB(): number {
    return Math.max(0, ...this.running.map(({ pid }) => residentMiB([pid], 'VmHWM')))
  }
}

export async function perform(attack: Attack, { seed, ...schedule }: Schedule): Promise<Row> {
  const seconds = Math.max(schedule.seconds, attack.secondsMin ?? 0)
  await using scene = await Scene.open(attack)
  const { honest, relays } = scene
  honest.start()
  const given = (await attack.arm?.(scene)) ?? {}
  const mailbox = honest.owner.address
  const peers = relays.map(({ id, addresses }) => ({ id, addresses }))
  await using attackers = await Attackers.start(attack.crew, {
    attack: attack.name,
    seed,
    relays: peers,
    mailbox,
    given
  })
  honest.phase = 'before'
  await pause(seconds * 1_000)
  const [refusedBefore, diskBefore, cpuBefore] = [await scene.refused(), scene.diskMiB(), cpuOf(scene, attackers)]
  const startedMs = performance.now()
  honest.phase = 'during'
  for (const relay of relays) relay.lie()
  attackers.go()
  await Promise.all([pause(seconds * 1_000), ...(attack.toTheEnd === true ? [attackers.done()] : [])])
  const load = loadText(cpuBefore, cpuOf(scene, attackers), (performance.now() - startedMs) / 1_000)
  const counts = new Map(await attackers.stop())
  honest.phase = 'after'
  await pause(afterMs)
  await honest.stop()
  for (const [what, times] of relays.flatMap(relay => [...relay.lied()])) counts.set(`liar: ${what}`, times)
  const inbox = await honest.settle()
  scene.grownMiB = scene.diskMiB() - diskBefore
  const achieved = (await attack.judge?.(scene, counts)) ?? []
  return {
    name: attack.name,
    title: attack.title,
    before: honest.share('before'),
    during: honest.share('during'),
    rssMiB: scene.rssMiB(),
    rssMiBMax,
    grownMiB: scene.grownMiB,
    refused: difference(await scene.refused(), refusedBefore),
    crashed: scene.crashes,
    counts,
    load,
    failures: honest.failures,
    achieved: [...inbox, ...achieved]
  }
}

interface Cpu {
  readonly relays: readonly number[]
  readonly attackers: number
}

function cpuOf({ running }: Scene, { pids }: Attackers): Cpu {
  return { relays: running.map(({ pid }) => cpuSeconds([pid])), attackers: cpuSeconds(pids) }
}

function loadText(before: Cpu, after: Cpu, seconds: number): string {
  const percent = (from: number, to: number): string => `${Math.round((100 * (to - from)) / seconds)} %`
  const relays = after.relays.map((to, n) => percent(before.relays[n] ?? 0, to)).join(', ')
  return `processor: relays ${relays}; attackers ${percent(before.attackers, after.attackers)}`
}

function difference(after: Counts, before: Counts): Counts {
  const grown = [...after].map(([name, value]) => [name, value - (before.get(name) ?? 0)] as const)
  return new Map(grown.filter(([, value]) => value > 0))
}
