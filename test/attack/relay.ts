/** One relay under attack: a process, its metrics, its memory and its disk. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { PeerAddress } from '../../src/wire/port.ts'
import type { Lie } from './liar.ts'
import { within } from '../faultlab/waiting.ts'

const liar = fileURLToPath(new URL('liar.ts', import.meta.url))
const commandLine = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const startMs = 60_000
const endMs = 20_000
const metricsMs = 20_000
const wordsMax = 4_096

export interface RelayOptions {
  readonly data: string
  readonly bootstrap: readonly string[]
  readonly flags: readonly string[]
  /** Of the stamp that opens a mailbox. */
  readonly registrationBits: number
  /** What it lies about from `lie()` on; absent: it is honest. */
  readonly lie?: Lie
}

export class AttackedRelay implements PeerAddress {
  readonly name: string
  readonly data: string
  readonly #options: RelayOptions
  #child: ChildProcess | undefined
  #ended: Promise<string> = Promise.resolve('it was not started')
  #end: string | undefined
  #words = ''
  #id = ''
  #address = ''
  #admin = ''

  constructor(name: string, options: RelayOptions) {
    this.name = name
    this.data = options.data
    this.#options = options
  }

  get id(): string {
    return this.#id
  }

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

  get #report(): string {
    return `${this.data}.lies`
  }

  /** How it ended, with its last words; undefined while it runs. */
  get crash(): string | undefined {
    return this.#end === undefined ? undefined : `${this.name} ended with ${this.#end}: ${this.#words.trim()}`
  }

  /** Resolves when it says that it is ready. @throws Error with its last words when it ends before or takes too long */
  async start(): Promise<void> {
    const { data, bootstrap, flags, registrationBits, lie } = this.#options
    const listen = [
      '--listen',
      '/ip4/127.0.0.1/tcp/0',
      '--admin',
      '127.0.0.1:0',
      '--log-level',
      'error',
      '--registration-bits',
      String(registrationBits)
    ]
    const others = bootstrap.flatMap(address => ['--bootstrap', address])
    const args = ['relay', '--json', '--data', data, '--ballast-bytes', '0', ...listen, ...others, ...flags]
    const child = spawn(process.execPath, [...process.execArgv, lie === undefined ? commandLine : liar, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // what a user has configured is not the attack's business
      env: {
        ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MAILBOX_'))),
        ...(lie === undefined ? {} : { MAILBOX_LIE: lie, MAILBOX_LIE_REPORT: this.#report })
      }
    })
    this.#child = child
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#words = (this.#words + text).slice(-wordsMax)
    })
    this.#ended = endOf(child).then(end => (this.#end = end))
    const ready = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>
    const first = await within(startMs, `${this.name} ready`, Promise.race([ready, this.#ended]))
    if (!Array.isArray(first)) throw new Error(`${this.name} ended with ${first} before it was ready: ${this.#words}`)
    const { id, addresses, admin } = JSON.parse(first[0]) as { id: string; addresses: string[]; admin: string }
    this.#id = id
    this.#address = addresses[0] ?? ''
    this.#admin = admin
  }

  /** Begins to lie, or ends it. */
  lie(): void {
    if (this.#options.lie !== undefined) this.signal('SIGHUP')
  }

  /** What came of its lies → how often. */
  lied(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    if (!existsSync(this.#report)) return counts
    for (const line of readFileSync(this.#report, 'utf8')
      .split('\n')
      .filter(text => text !== ''))
      counts.set(line, (counts.get(line) ?? 0) + 1)
    return counts
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  async end(): Promise<void> {
    if (this.#child === undefined || this.#end !== undefined) return
    this.signal('SIGKILL')
    await within(endMs, `${this.name} ended`, this.#ended)
  }

  /** Name and labels, as the exposition has them, → value. */
  async metrics(): Promise<ReadonlyMap<string, number>> {
    const answer = await fetch(`${this.#admin}/metrics`, { signal: AbortSignal.timeout(metricsMs) })
    const lines = (await answer.text()).split('\n').filter(line => line !== '' && !line.startsWith('#'))
    return new Map(
      lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))])
    )
  }

  async metric(name: string): Promise<number> {
    return (await this.metrics()).get(name) ?? 0
  }
}

async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return String(code ?? signal ?? 127)
  } catch (error) {
    if (error instanceof Error) return error.message
    throw error
  }
}
