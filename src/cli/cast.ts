/** The processes of the demo: relays that stay, client commands that come and go, and nobody left behind. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { MailboxError } from '../errors.ts'
import type { Variables } from '../daemon/config.ts'

/** Zero bits of the stamp that opens a mailbox at these relays: a few milliseconds, where the default takes seconds. */
export const castBits = 12

/** What is kept of a process's stderr, for the report of a failure. */
const stderrBytesMax = 4_096

/** This file's neighbour: `main.ts` here, `main.js` in a built package. */
const entry = fileURLToPath(import.meta.url).replace(/cast(\.[jt]s)$/, 'main$1')

export type Line = Readonly<Record<string, unknown>>

export interface RelayProcess {
  readonly name: string
  readonly pid: number
  readonly id: string
  /** Multiaddrs with the peer id. */
  readonly addresses: readonly string[]
  /** The first of them. */
  readonly address: string
  readonly admin: string
  readonly data: string
  /** Ends it with `signal`; resolves with how it ended. */
  readonly end: (signal: 'SIGKILL' | 'SIGTERM') => Promise<number | NodeJS.Signals>
}

interface Running {
  readonly name: string
  readonly child: ChildProcess
  readonly ended: Promise<number | NodeJS.Signals>
  /** The last of what it wrote to stderr. */
  readonly words: () => string
}

export class Cast {
  readonly #variables: Variables
  readonly #signal: AbortSignal
  /** Processes that have not ended; bounded by the demo's script. */
  readonly #running = new Set<Running>()

  /** @param settings configuration of its processes, as variables; what the user has configured is not its business */
  constructor(variables: Variables, signal: AbortSignal, settings: Variables = {}) {
    const others = Object.entries(variables).filter(([name]) => !name.startsWith('MAILBOX_'))
    this.#variables = { ...Object.fromEntries(others), ...settings }
    this.#signal = signal
  }

  /** Starts a relay on loopback; resolves when it says that it is ready. @throws MailboxError DEMO, ABORTED */
  async relay(
    name: string,
    data: string,
    o: { port: string; bootstrap: readonly string[]; webSockets?: boolean; flags?: readonly string[] }
  ): Promise<RelayProcess> {
    const bootstrap = o.bootstrap.flatMap(address => ['--bootstrap', address])
    const webSockets = o.webSockets === true ? ['--listen', '/ip4/127.0.0.1/tcp/0/ws'] : []
    const running = this.#start(name, [
      'relay',
      '--json',
      '--data',
      data,
      '--listen',
      `/ip4/127.0.0.1/tcp/${o.port}`,
      ...webSockets,
      '--admin',
      '127.0.0.1:0',
      // relays of one disk, for minutes
      '--ballast-bytes',
      '0',
      ...['mailboxes', 'strangers'].flatMap(what => [`--disk-no-${what}-percent`, '100']),
      '--disk-owners-only-percent',
      '100',
      '--log-level',
      'warn',
      '--registration-bits',
      String(castBits),
      ...(o.flags ?? []),
      ...bootstrap
    ])
    const first = (async () => {
      for await (const line of linesOf(running.child)) return line
      return undefined
    })()
    const ready = await this.#before(first)
    const addresses = (ready?.addresses ?? []) as string[]
    const [address] = addresses
    const pid = running.child.pid
    if (ready === undefined || address === undefined || pid === undefined)
      throw new MailboxError('DEMO', `${name} did not start: ${running.words()}`)
    const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | NodeJS.Signals> => {
      running.child.kill(signal)
      return await this.#before(running.ended)
    }
    return { name, pid, id: String(ready.id), addresses, address, admin: String(ready.admin), data, end }
  }

  /** Runs one client command in a process of its own. @returns the objects it printed @throws MailboxError DEMO, ABORTED */
  async command(name: string, args: readonly string[]): Promise<Line[]> {
    const running = this.#start(name, [...args, '--json'])
    const lines = (async () => {
      const all: Line[] = []
      for await (const line of linesOf(running.child)) all.push(line)
      return all
    })()
    const [printed, ended] = await this.#before(Promise.all([lines, running.ended]))
    if (ended !== 0)
      throw new MailboxError('DEMO', `${name}: "mailbox ${args[0] ?? ''}" ended with ${ended}: ${running.words()}`)
    return printed
  }

  /** Kills what still runs, by process id, and waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const left = [...this.#running]
    for (const { child } of left) child.kill('SIGKILL')
    await Promise.all(left.map(async ({ ended }) => await ended))
  }

  #start(name: string, args: readonly string[]): Running {
    this.#signal.throwIfAborted()
    const child = spawn(process.execPath, [...process.execArgv, entry, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...this.#variables }
    })
    let words = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-stderrBytesMax)
    })
    const running: Running = { name, child, ended: endOf(child), words: () => words.trim() || 'it said nothing' }
    this.#running.add(running)
    void running.ended.then(() => {
      this.#running.delete(running)
    })
    return running
  }

  /** `work`, unless the demo is stopped before. */
  async #before<T>(work: Promise<T>): Promise<T> {
    const stopped = Promise.withResolvers<never>()
    const stop = (): void => {
      stopped.reject(this.#signal.reason)
    }
    this.#signal.addEventListener('abort', stop, { once: true })
    try {
      this.#signal.throwIfAborted()
      return await Promise.race([work, stopped.promise])
    } finally {
      this.#signal.removeEventListener('abort', stop)
    }
  }
}

/** Exit code or signal; a process that could not be started counts as ended with code 127. */
async function endOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return code ?? signal ?? 127
  } catch (error) {
    if (error instanceof Error) return 127
    throw error
  }
}

async function* linesOf(child: ChildProcess): AsyncGenerator<Line> {
  if (child.stdout === null) return
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as Line
}
