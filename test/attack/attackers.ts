/** The attackers' processes as the runner sees them. */
import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { within } from '../faultlab/waiting.ts'
import type { Brief } from './attacker.ts'
import type { Word } from './attacker-process.ts'

const script = fileURLToPath(new URL('attacker-process.ts', import.meta.url))
/** To get ready, which may be to grind stamps or peer ids; and to end. */
const readyMs = 180_000
const endMs = 30_000
const wordsMax = 4_096

export class Attackers implements AsyncDisposable {
  readonly #children: ChildProcess[] = []
  readonly #counts = new Map<string, number>()
  #words = ''

  get pids(): number[] {
    return this.#children.flatMap(({ pid }) => pid ?? [])
  }

  /** Resolves when every process is ready to begin. */
  static async start(count: number, brief: Omit<Brief, 'member'>): Promise<Attackers> {
    const attackers = new Attackers()
    await Promise.all(
      Array.from({ length: count }, async (_, member) => {
        await attackers.#start({ ...brief, member })
      })
    )
    return attackers
  }

  go(): void {
    for (const child of this.#children) child.send('go')
  }

  /** Tells them to stop; resolves with what all of them counted. */
  async stop(): Promise<ReadonlyMap<string, number>> {
    await Promise.all(
      this.#children.map(async child => {
        if (!child.connected) throw new Error(`an attacker ended before it was told to: ${this.#words}`)
        const counted = wordOf(child)
        child.send('stop')
        const word = await within(endMs, 'what an attacker counted', counted)
        if (word.type !== 'counts') throw new Error('an attacker said something else')
        for (const [what, times] of word.counts) this.#counts.set(what, (this.#counts.get(what) ?? 0) + times)
      })
    )
    return this.#counts
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#children.map(async child => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const gone = once(child, 'exit')
        child.kill('SIGKILL')
        await gone
      })
    )
  }

  async #start(brief: Brief): Promise<void> {
    const child = fork(script, [JSON.stringify(brief)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    this.#children.push(child)
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#words = (this.#words + text).slice(-wordsMax)
    })
    const ended = once(child, 'exit').then(() => {
      throw new Error(`an attacker ended before it was ready: ${this.#words}`)
    })
    ended.catch(() => undefined)
    await within(readyMs, 'an attacker that is ready', Promise.race([wordOf(child), ended]))
  }
}

async function wordOf(child: ChildProcess): Promise<Word> {
  const [word] = (await once(child, 'message')) as [Word]
  return word
}
