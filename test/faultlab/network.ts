/** Machines of their own for relays: a network namespace each, joined by a bridge, and links between them that are cut. */
import { run } from './disk.ts'

const bridge = 'lab0'
const subnet = '10.66.0'
/** The lab itself, with the clients, is at the bridge. */
const lab = 'lab'

export class Streets {
  /** Unique on this machine; the directory of names is the enclosure's own besides. */
  readonly #names: readonly string[]

  constructor(count: number) {
    this.#names = Array.from({ length: count }, (_, n) => `mailbox-${process.pid}-${Date.now().toString(36)}-${n}`)
  }

  build(): void {
    run('ip', 'link', 'add', bridge, 'type', 'bridge')
    run('ip', 'addr', 'add', `${this.ip(lab)}/24`, 'dev', bridge)
    run('ip', 'link', 'set', bridge, 'up')
    for (const [n, name] of this.#names.entries()) {
      run('ip', 'netns', 'add', name)
      run('ip', 'link', 'add', `lab0v${n}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name)
      run('ip', 'link', 'set', `lab0v${n}`, 'master', bridge, 'up')
      run('ip', '-n', name, 'addr', 'add', `${this.ip(n)}/24`, 'dev', 'eth0')
      for (const device of ['eth0', 'lo']) run('ip', '-n', name, 'link', 'set', device, 'up')
    }
  }

  release(): void {
    const made = run('ip', 'netns', 'list')
    for (const name of this.#names) if (made.includes(name)) run('ip', 'netns', 'del', name)
    if (run('ip', '-brief', 'link').includes(bridge)) run('ip', 'link', 'del', bridge)
  }

  ip(of: number | typeof lab): string {
    return `${subnet}.${of === lab ? 1 : 10 + of}`
  }

  /** What is run before a command, so that it runs on machine `n`. */
  prefix(n: number): string[] {
    return ['ip', 'netns', 'exec', this.#name(n)]
  }

  /** From now on nothing that one of the pairs sends to the other arrives; not the other way round. */
  drop(pairs: ReadonlyArray<readonly [from: number | typeof lab, to: number | typeof lab]>): void {
    for (const [from, to] of pairs) {
      // what the lab should not hear is held back where it is sent
      const [at, match] =
        to === lab ? [from, `output ip daddr ${this.ip(to)}`] : [to, `input ip saddr ${this.ip(from)}`]
      if (at === lab) throw new RangeError('the lab does not send to itself')
      const hook = match.split(' ', 1)[0] ?? ''
      this.#nft(at, 'add table inet lab')
      this.#nft(at, `add chain inet lab ${hook} { type filter hook ${hook} priority 0 ; }`)
      this.#nft(at, `add rule inet lab ${match} drop`)
    }
  }

  /** Everything arrives again. */
  heal(): void {
    for (const n of this.#names.keys()) {
      this.#nft(n, 'add table inet lab')
      this.#nft(n, 'delete table inet lab')
    }
  }

  #nft(n: number, command: string): void {
    run('ip', 'netns', 'exec', this.#name(n), 'nft', command)
  }

  #name(n: number): string {
    const name = this.#names[n]
    if (name === undefined) throw new RangeError(`there is no machine ${n}`)
    return name
  }
}
