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
const endMs = 60_000
const doneMs = 900_000
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

  /** Resolves when none of them has anything left to do. @throws Error when that takes too long */
  async done(): Promise<void> {
    const all = Promise.all(this.#children.map(async child => await wordOf(child, 'done')))
    await within(doneMs, 'attackers that are done', all)
  }

  /** Tells them to stop; resolves when they have ended, with what all of them counted. */
  async stop(): Promise<ReadonlyMap<string, number>> {
    await Promise.all(
      this.#children.map(async child => {
        if (!child.connected) throw new Error(`an attacker ended before it was told to: ${this.#words}`)
        const counted = wordOf(child, 'counts')
        child.send('stop')
        const { counts } = await within(endMs, 'what an attacker counted', counted)
        for (const [what, times] of counts) this.#counts.set(what, (this.#counts.get(what) ?? 0) + times)
        await end(child)
      })
    )
    return this.#counts
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#children.map(async child => {
        await end(child)
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
    await within(readyMs, 'an attacker that is ready', Promise.race([wordOf(child, 'ready'), ended]))
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** The next word of this kind. */
async function wordOf<T extends Word['type']>(child: ChildProcess, type: T): Promise<Word & { readonly type: T }> {
  for (;;) {
    const [word] = (await once(child, 'message')) as [Word]
    if (word.type === type) return word as Word & { readonly type: T }
  }
}
