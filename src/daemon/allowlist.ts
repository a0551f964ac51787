/**
 * Who may open a mailbox on a relay with registration `allow-list`: a file of the operator's, one address a line (SPEC §8.2).
 * A running relay looks whether it has changed, so that nobody has to restart it.
 */
import { readFile, stat } from 'node:fs/promises'
import { pause, type Environment, type Log } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { addressLength, binary, publicData, textBytes } from '../identity/text.ts'
import { allowListBytesMax, drainLookMs } from '../limits.ts'
import { reasonOf } from './file.ts'

/** Bad lines that are named; of more only how many. */
const namedMax = 10

export interface AllowList {
  /** Names of mailbox keys. Bounded by allowListBytesMax. */
  readonly listed: ReadonlySet<string>
  /** A sentence for each line that is neither an address, empty nor a comment. */
  readonly bad: readonly string[]
}

/**
 * One address a line; what follows a `#` is a comment. Whether an address is a point of the curve costs milliseconds, and
 * nobody proves to be the owner of one that is not: that is not checked here. Pure.
 */
export function parseAllowList(text: string): AllowList {
  const listed = new Set<string>()
  const bad: string[] = []
  for (const [at, line] of text.split('\n').entries()) {
    const [said = ''] = line.split('#')
    const address = said.trim()
    if (address === '') continue
    const data = publicData(textBytes(address) ?? new Uint8Array(0))
    if (data === undefined)
      // never the line itself: it may be a private key
      bad.push(`Line ${at + 1} is not an address: ${addressLength} characters of lower-case base32 from bbaarei on.`)
    else listed.add(binary(data))
  }
  return { listed, bad }
}

/** The file as it is followed: what was sound last counts. */
export class AllowListFile {
  readonly #path: string
  readonly #log: Log
  #listed: ReadonlySet<string>
  #seen: string

  private constructor(path: string, log: Log, listed: ReadonlySet<string>, seen: string) {
    this.#path = path
    this.#log = log
    this.#listed = listed
    this.#seen = seen
  }

  /** @throws MailboxError CONFIG: it cannot be read, is too large, or has bad lines, which are named */
  static async open(path: string, log: Log): Promise<AllowListFile> {
    try {
      const seen = await stampOf(path)
      const { listed, bad } = await read(path)
      if (bad.length > 0) throw new MailboxError('CONFIG', `allowList: ${named(bad).join(' ')} (${path})`)
      return new AllowListFile(path, log, listed, seen)
    } catch (cause) {
      if (cause instanceof MailboxError) throw cause
      throw new MailboxError('CONFIG', `allowList: ${path} cannot be read (${reasonOf(cause)}).`, { cause })
    }
  }

  readonly has = (mailbox: Uint8Array): boolean => this.#listed.has(binary(mailbox))

  /** Looks every `drainLookMs` until `signal` aborts; never rejects. */
  async follow(env: Environment, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look()
      await pause(env, drainLookMs, signal)
    }
  }

  /** Reads it again when it has changed. A list with a bad line is not taken: the last one stands, and the log says why. */
  async look(): Promise<void> {
    try {
      const seen = await stampOf(this.#path)
      if (seen === this.#seen) return
      this.#seen = seen
      const { listed, bad } = await read(this.#path)
      if (bad.length === 0) {
        this.#listed = listed
        this.#log('info', 'allow_list_read', { addresses: listed.size })
      }
      for (const sentence of named(bad))
        this.#log('error', 'allow_list_bad_line', { path: this.#path, error: sentence })
    } catch (error) {
      const reason = String(error)
      // once for each way in which it cannot be read
      if (this.#seen !== reason) this.#log('error', 'allow_list_unreadable', { path: this.#path, error: reason })
      this.#seen = reason
    }
  }
}

async function stampOf(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path)
  return `${mtimeMs} ${size} ${ino}`
}

async function read(path: string): Promise<AllowList> {
  if ((await stat(path)).size > allowListBytesMax)
    throw new MailboxError('CONFIG', `allowList: ${path} has more than ${allowListBytesMax} bytes.`)
  return parseAllowList(await readFile(path, 'utf8'))
}

function named(bad: readonly string[]): string[] {
  const more = bad.length - namedMax
  return more > 0 ? [...bad.slice(0, namedMax), `${more} more lines are not addresses.`] : [...bad]
}
