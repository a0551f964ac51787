/** Relays as processes of the command line, on loopback, and client commands that come and go; all in one directory. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Line, RelayProcess } from '../../src/cli/cast.ts'
import { Cast } from '../../src/cli/cast.ts'
import { openToAllVariables } from './lanes.ts'
import { generousFlags } from './rates.ts'

const pollMs = 50
const untilMs = 30_000

/** Polls `holds` until it is true; fails with `otherwise` when it is not within `untilMs`. */
export async function until(holds: () => Promise<boolean>, otherwise: string): Promise<void> {
  const end = performance.now() + untilMs
  while (!(await holds())) {
    assert.ok(performance.now() < end, `not within ${untilMs} ms: ${otherwise}`)
    await delay(pollMs)
  }
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** A client: the name of its data directory, and its address. */
export interface Person {
  readonly name: string
  readonly address: string
}

export interface TestnetOptions {
  /** Relays take WebSocket connections besides TCP ones. */
  readonly webSockets?: boolean
  /** Flags of every relay. */
  readonly flags?: readonly string[]
}

export class Testnet {
  readonly directory = mkdtempSync(join(tmpdir(), 'mailbox-testnet-'))
  readonly #cast = new Cast(process.env, AbortSignal.timeout(240_000), openToAllVariables)
  readonly #relays: RelayProcess[] = []
  readonly #options: TestnetOptions

  constructor(o: TestnetOptions = {}) {
    this.#options = o
  }

  /** Starts `count` relays; the first is whom the others ask. They end, and the directory goes, after the file's tests. */
  static async start(count: number, o: TestnetOptions = {}): Promise<Testnet> {
    const net = new Testnet(o)
    after(async () => {
      await net.#cast[Symbol.asyncDispose]()
      rmSync(net.directory, { recursive: true })
    })
    const first = await net.#start(0, [])
    const others = Array.from({ length: count - 1 }, async (_, n) => net.#start(n + 1, [first.address]))
    net.#relays.push(first, ...(await Promise.all(others)))
    return net
  }

  async #start(n: number, bootstrap: readonly string[]): Promise<RelayProcess> {
    return await this.#cast.relay(`R${n}`, this.path(`R${n}`), { port: '0', bootstrap, ...this.#relayOptions })
  }

  /** Of flags given twice the last one counts. */
  get #relayOptions(): TestnetOptions {
    return { ...this.#options, flags: [...generousFlags, ...(this.#options.flags ?? [])] }
  }

  get relays(): readonly RelayProcess[] {
    return this.#relays
  }

  relay(n: number): RelayProcess {
    const relay = this.#relays[n]
    assert.ok(relay !== undefined)
    return relay
  }

  /** Ends relay `n` without a word. */
  async kill(n: number): Promise<void> {
    assert.equal(await this.relay(n).end('SIGKILL'), 'SIGKILL')
  }

  /** Ends relay `n` as its operator would. */
  async stop(n: number): Promise<void> {
    assert.equal(await this.relay(n).end('SIGTERM'), 0)
  }

  /** Starts relay `n` again on its data directory and its port; resolves when it says that it is ready. */
  async restart(n: number): Promise<void> {
    const before = this.relay(n)
    const port = /\/tcp\/(\d+)/.exec(before.address)?.[1] ?? '0'
    const bootstrap = this.#relays.filter(relay => relay !== before).map(relay => relay.address)
    const again = await this.#cast.relay(before.name, before.data, { port, bootstrap, ...this.#relayOptions })
    assert.equal(again.id, before.id)
    this.#relays[n] = again
  }

  async killAll(): Promise<void> {
    await Promise.all(this.#relays.map(async (_relay, n) => this.kill(n)))
  }

  async restartAll(): Promise<void> {
    await Promise.all(this.#relays.map(async (_relay, n) => this.restart(n)))
  }

  path(name: string): string {
    return join(this.directory, name)
  }

  /** One client command in a process of its own, which has exited when this resolves. @returns what it printed */
  async run(name: string, ...args: string[]): Promise<Line[]> {
    const bootstrap = this.#relays.flatMap(relay => ['--bootstrap', relay.address])
    return await this.#cast.command(name, [
      ...args,
      '--data',
      this.path(name),
      ...(args[0] === 'id' || args[0] === 'relay' ? [] : bootstrap)
    ])
  }

  async person(name: string): Promise<Person> {
    const [identity] = await this.run(name, 'id', 'new')
    return { name, address: String(identity?.address) }
  }

  /** The same identity with an empty store, as after the loss of a machine. */
  async newMachine(of: Person, name: string): Promise<Person> {
    const [key] = await this.run(of.name, 'id', 'export')
    writeFileSync(this.path(`${name}.txt`), String(key?.privateKey), { mode: 0o600 })
    const [identity] = await this.run(name, 'id', 'import', this.path(`${name}.txt`))
    assert.equal(identity?.address, of.address)
    return { name, address: of.address }
  }

  /** Random bytes in a file, for `send --file`. */
  file(bytes: number): { path: string; body: Uint8Array; sha256: string } {
    const body = new Uint8Array(randomBytes(bytes))
    const path = this.path(`${sha256(body)}.bin`)
    writeFileSync(path, body)
    return { path, body, sha256: sha256(body) }
  }

  /** Sends a file; resolves when the sender has W receipts and has exited. @returns ids of the relays that signed */
  async send(from: Person, to: Person, path: string): Promise<string[]> {
    const [sent] = await this.run(from.name, 'send', to.address, '--file', path)
    assert.equal(sent?.state, 'stored')
    const signers = (sent.relays as Line[]).map(({ relay }) => String(relay))
    assert.ok(signers.length >= Number(sent.writeQuorum))
    return signers
  }

  async inbox(of: Person, ...args: string[]): Promise<{ messages: Line[]; pull: Line | undefined }> {
    const [inbox] = await this.run(of.name, 'inbox', 'list', '--strangers', 'inbox', ...args)
    return { messages: (inbox?.messages ?? []) as Line[], pull: inbox?.pull as Line | undefined }
  }

  /** One number of a relay's metrics. */
  async metric(n: number, name: string): Promise<number> {
    const text = await (await fetch(`${this.relay(n).admin}/metrics`)).text()
    const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]
    assert.ok(found !== undefined, `no ${name}`)
    return Number(found)
  }

  async records(): Promise<number[]> {
    return await Promise.all(this.#relays.map(async (_relay, n) => this.metric(n, 'mailbox_records')))
  }
}
