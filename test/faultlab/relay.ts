/** One relay of the lab: a process of the command line or of `relay-process.ts`, its data directory and its signals. */
import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { PeerAddress } from '../../src/wire/port.ts'
import type { Trap } from './failpoints.ts'
import type { LabRelay } from './relay-process.ts'
import { generousVariables } from '../helpers/rates.ts'
import { within } from './waiting.ts'

const commandLine = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const labRelay = fileURLToPath(new URL('relay-process.ts', import.meta.url))
/** Of one start, and of one end; a machine with faults is slow. */
const startMs = 30_000
const endMs = 20_000
const wordsMax = 4_096

/** File systems of the lab are small; what a relay does when one is nearly full has a fault of its own. */
const smallDisks = { MAILBOX_DISK_FREE_BYTES_MIN: '0', MAILBOX_BALLAST_BYTES: '0' }

export interface RelayOptions {
  readonly name: string
  readonly data: string
  /** Address to listen on; the port is chosen at the first start and kept. */
  readonly ip?: string
  readonly bootstrap?: readonly string[]
  /** What is run before node, such as `ip netns exec NAME`. */
  readonly prefix?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Absent: the command line. Otherwise `relay-process.ts` with this trap, or without syncs. */
  readonly lab?: { readonly trap?: Trap; readonly sync: boolean }
}

export type End = number | NodeJS.Signals

export class LabRelayProcess implements PeerAddress {
  readonly name: string
  readonly data: string
  readonly #options: RelayOptions
  #child: ChildProcess | undefined
  #ended: Promise<End> = Promise.resolve(0)
  #words = ''
  #id = ''
  #address = ''
  #admin: string | undefined

  constructor(options: RelayOptions) {
    this.name = options.name
    this.data = options.data
    this.#options = options
  }

  get id(): string {
    return this.#id
  }

  /** With the peer id. */
  get address(): string {
    return this.#address
  }

  get addresses(): readonly string[] {
    return [this.#address]
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error(`${this.name} does not run`)
    return this.#child.pid
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** The last of what it wrote to stderr. */
  get words(): string {
    return this.#words.trim() || 'it said nothing'
  }

  /** How it ended; waits for that. */
  get ended(): Promise<End> {
    return this.#ended
  }

  /** Resolves when it says that it is ready. @throws Error with its last words when it ends before or takes too long */
  async start(o: Partial<Pick<RelayOptions, 'bootstrap' | 'env' | 'lab'>> = {}): Promise<void> {
    const options = { ...this.#options, ...o }
    const [command = '', ...args] = [
      ...(options.prefix ?? []),
      process.execPath,
      ...process.execArgv,
      ...this.#args(options)
    ]
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...clean(), ...smallDisks, ...generousVariables, ...options.env }
    })
    this.#child = child
    this.#words = ''
    this.#ended = endOf(child)
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#words = (this.#words + text).slice(-wordsMax)
    })
    const lines = createInterface({ input: child.stdout })
    const ready = once(lines, 'line') as Promise<[string]>
    const first = await within(startMs, `${this.name} ready`, Promise.race([ready, this.#ended]))
    if (!Array.isArray(first)) throw new Error(`${this.name} ended with ${first} before it was ready: ${this.words}`)
    const line = JSON.parse(first[0]) as { id: string; addresses: string[]; admin?: string }
    this.#id = line.id
    this.#address = line.addresses[0] ?? ''
    this.#admin = line.admin
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  /** Ends it; SIGKILL when it does not by itself. */
  async end(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<End> {
    if (!this.running) return await this.#ended
    this.signal(signal)
    try {
      return await within(endMs, `${this.name} ended`, this.#ended)
    } finally {
      this.signal('SIGKILL')
      this.signal('SIGCONT')
    }
  }

  /** `mailbox relay repair` on its store, while it does not run. @returns its exit code and what it printed */
  repairStore(): { code: number | null; printed: string } {
    const args = [...process.execArgv, commandLine, 'relay', 'repair', '--json', '--data', this.data]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: clean() })
    return { code: status, printed: stdout + stderr }
  }

  /** Whether it says that it serves; undefined when it does not even say that. */
  async ready(): Promise<boolean | undefined> {
    if (this.#admin === undefined || !this.running) return undefined
    const answer = await fetch(`${this.#admin}/health/ready`, { signal: AbortSignal.timeout(endMs) })
    await answer.arrayBuffer()
    return answer.ok
  }

  #args({ data, ip = '127.0.0.1', bootstrap = [], lab }: RelayOptions): string[] {
    const port = /\/tcp\/(\d+)/.exec(this.#address)?.[1] ?? '0'
    const listen = `/ip4/${ip}/tcp/${port}`
    if (lab !== undefined) {
      const config: LabRelay = { data, listen, bootstrap, ...lab }
      return [labRelay, JSON.stringify(config)]
    }
    const flags = bootstrap.flatMap(address => ['--bootstrap', address])
    const admin = ['--admin', '127.0.0.1:0', '--log-level', 'warn', '--registration-bits', '0']
    return [commandLine, 'relay', '--json', '--data', data, '--listen', listen, ...admin, ...flags]
  }
}

/** What a user has configured is not the lab's business. */
function clean(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MAILBOX_')))
}

async function endOf(child: ChildProcess): Promise<End> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return code ?? signal ?? 127
  } catch (error) {
    if (error instanceof Error) return 127
    throw error
  }
}
