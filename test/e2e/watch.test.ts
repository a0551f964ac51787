/** A watch while its relays are killed, and its application loses its connections and is killed: each message exactly once. */
import assert from 'node:assert/strict'
import { fork, type ChildProcess } from 'node:child_process'
import { EventEmitter, on, once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { generateIdentity } from '../../src/identity/keys.ts'
import { Chance } from '../sim/chance.ts'
import type { Order } from '../helpers/sending-many.ts'
import { Testnet, until } from '../helpers/testnet.ts'
import { seenIn, type Settings } from '../helpers/watching-app.ts'

const messages = 10_000
/** Sends at the same time: the outbox of a sender is bounded. */
const sendersAtOnce = 64
/** Messages that are stored between one fault and the next, at most. */
const storedBetweenMax = 500
/** Of the test: what it does depends on the disk. */
const timeoutMs = 400_000

const script = fileURLToPath(new URL('../helpers/watching-app.ts', import.meta.url))
const sendingScript = fileURLToPath(new URL('../helpers/sending-many.ts', import.meta.url))
const execArgv = ['--disable-warning=ExperimentalWarning']

const net = await Testnet.start(3)
const bootstrap = net.relays.map(({ address }) => address)

/** The application, which is started again each time that it is killed. */
class Application {
  readonly #settings: Settings
  #process: ChildProcess | undefined
  #ended: Promise<unknown> = Promise.resolve()

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** Resolves when it says `word`. */
  async start(word: 'open' | 'drained'): Promise<void> {
    this.#process = fork(script, [JSON.stringify(this.#settings)], { execArgv })
    this.#ended = once(this.#process, 'exit')
    for await (const [said] of on(this.#process, 'message', { close: ['exit'] })) if (said === word) return
    assert.fail(`the application has ended before it was ${word}`)
  }

  /** It loses its connections. */
  disconnect(): void {
    this.#process?.send('disconnect')
  }

  async kill(): Promise<void> {
    this.#process?.kill('SIGKILL')
    await this.#ended
  }

  seen(): string[] {
    return seenIn(this.#settings.seen).map(({ text }) => text)
  }
}

/** Sends `messages` messages; resolves when each of them is stored, and emits `stored` with their number each time. */
async function sendAll(to: string, progress: EventEmitter): Promise<void> {
  const order: Order = { to, bootstrap, messages, atOnce: sendersAtOnce }
  const sender = fork(sendingScript, [JSON.stringify(order)], { execArgv })
  try {
    const ended = once(sender, 'exit')
    sender.on('message', stored => progress.emit('stored', stored))
    assert.deepEqual(await ended, [0, null], 'the sender has failed')
  } finally {
    sender.kill('SIGKILL')
  }
}

type Count = Record<'restarted' | 'disconnected' | 'killed', number>

/** Faults by chance, as messages are stored; one relay at a time, so that W of N are there. @returns how often each came */
async function disturb(application: Application, chance: Chance, progress: EventEmitter): Promise<Count> {
  const count: Count = { restarted: 0, disconnected: 0, killed: 0 }
  let next = 0
  for await (const [stored] of on(progress, 'stored', { close: ['all'] }) as AsyncIterable<[number]>) {
    if (stored < next) continue
    next = stored + chance.below(storedBetweenMax)
    const share = chance.share()
    if (share < 0.4) {
      const n = chance.below(net.relays.length)
      await net.relay(n).end(chance.happens(0.5) ? 'SIGKILL' : 'SIGTERM')
      await net.restart(n)
      count.restarted++
    } else if (share < 0.8) {
      application.disconnect()
      count.disconnected++
    } else {
      await application.kill()
      await application.start('open')
      count.killed++
    }
  }
  return count
}

test(
  'D2, D3, D6, G4: a watch sees each of 10,000 messages exactly once, whatever is killed meanwhile',
  { timeout: timeoutMs },
  async t => {
    const seed = process.env.WATCH_SEED ?? randomBytes(4).toString('hex')
    t.diagnostic(`WATCH_SEED=${seed}`)
    const identity = generateIdentity()
    const application = new Application({
      key: identity.toText(),
      store: net.path('store'),
      seen: net.path('seen'),
      bootstrap
    })
    await application.start('open')
    const progress = new EventEmitter()
    const disturbing = disturb(application, new Chance(seed), progress)
    const startedMs = performance.now()
    try {
      await sendAll(identity.address, progress)
      const sentMs = performance.now()
      progress.emit('all')
      const count = await disturbing
      await until(async () => await Promise.resolve(application.seen().length >= messages), 'not all were seen')
      const seconds = [sentMs, performance.now()].map(ms => ((ms - startedMs) / 1_000).toFixed(1))
      t.diagnostic(
        `${messages} messages, ${count.restarted} relays restarted, ${count.disconnected} times disconnected, ${count.killed} times killed; sent after ${seconds.join(' s, seen after ')} s`
      )
      // one that came twice would come again
      await application.kill()
      await application.start('drained')
      const expected = [...Array(messages).keys()].map(String)
      assert.deepEqual(
        application.seen().toSorted((a, b) => Number(a) - Number(b)),
        expected
      )
    } finally {
      progress.emit('all')
      await disturbing
      await application.kill()
    }
  }
)
