/** What one fault works with: a directory, relays, disks and clients, all of which go when the fault is over. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { silent, systemEnvironment } from '../../src/environment.ts'
import { startNode } from '../../src/client/node.ts'
import type { Network } from '../../src/wire/port.ts'
import { Chance } from '../sim/chance.ts'
import { LoopDisk } from './disk.ts'
import { directory } from './enclosure.ts'
import type { RelayOptions } from './relay.ts'
import { LabRelayProcess } from './relay.ts'

export type RelayChoices = Partial<Omit<RelayOptions, 'name' | 'bootstrap'>>

export class Lab implements AsyncDisposable {
  readonly chance: Chance
  readonly directory = mkdtempSync(join(directory, 'mailbox-faultlab-'))
  readonly #stack = new AsyncDisposableStack()
  #observer: Network | undefined

  constructor(seed: string) {
    this.chance = new Chance(seed)
    this.#stack.defer(() => {
      rmSync(this.directory, { recursive: true, force: true })
    })
  }

  /** Called when the fault is over, whatever became of it; the last one first. */
  defer(release: () => void | Promise<void>): void {
    this.#stack.defer(release)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync()
  }

  /** A file system in a loop file of `mib` MiB. */
  disk(name: string, mib: number): LoopDisk {
    const disk = new LoopDisk(join(this.directory, name), mib)
    this.defer(() => {
      disk.release()
    })
    return disk
  }

  /** Three relays that know each other, started; `choices(n)` is what is special about relay n. */
  async trio(choices?: (n: number) => RelayChoices): Promise<Trio> {
    const trio = this.relays(choices)
    await trio.start()
    return trio
  }

  /** The same, not started. */
  relays(choices: (n: number) => RelayChoices = () => ({})): Trio {
    const relays = [0, 1, 2].map(n => {
      const name = `R${n}`
      const data = join(this.directory, `${name}-data`)
      return new LabRelayProcess({ name, data, ...choices(n) })
    })
    this.defer(async () => {
      await Promise.all(relays.map(async relay => await relay.end()))
    })
    return new Trio(relays)
  }

  /** The node through which the lab itself looks at relays. */
  async observer(): Promise<Network> {
    if (this.#observer !== undefined) return this.#observer
    const { network, stop } = await startNode([], { log: silent, env: systemEnvironment, gossip: false })
    this.defer(stop)
    this.#observer = network
    return network
  }

  folder(name: string): string {
    const path = join(this.directory, name)
    mkdirSync(path)
    return path
  }
}

export class Trio {
  readonly relays: readonly LabRelayProcess[]

  constructor(relays: readonly LabRelayProcess[]) {
    this.relays = relays
  }

  relay(n: number): LabRelayProcess {
    const relay = this.relays[n]
    if (relay === undefined) throw new RangeError(`there is no relay ${n}`)
    return relay
  }

  /** Of all others, for one that starts. */
  others(relay: LabRelayProcess): string[] {
    return this.relays.filter(other => other !== relay && other.address !== '').map(({ address }) => address)
  }

  async start(): Promise<void> {
    const [first, ...rest] = this.relays
    await first?.start()
    await Promise.all(rest.map(async relay => await this.restart(relay)))
  }

  /** Starts a relay that has ended, on its data and its port. */
  async restart(relay: LabRelayProcess, o: Partial<Pick<RelayOptions, 'lab' | 'env'>> = {}): Promise<void> {
    await relay.start({ bootstrap: this.others(relay), ...o })
  }

  async restartAll(): Promise<void> {
    await Promise.all(this.relays.map(async relay => await this.restart(relay)))
  }
}
