/**
 * Knows when the process has nothing left to do but wait for virtual time. For as long as it is installed, setImmediate
 * is counted and WebCrypto is the seeded one; nothing else in src/ ends by itself.
 */
import type { Chance } from './chance.ts'
import { SeededSubtle } from './seeded-subtle.ts'

export class Quiet {
  readonly #setImmediate = globalThis.setImmediate
  readonly #crypto: SeededSubtle
  #immediates = 0

  private constructor(chance: Chance) {
    this.#crypto = new SeededSubtle(crypto.subtle, chance)
  }

  static install(chance: Chance): Quiet {
    if (Object.hasOwn(crypto, 'subtle')) throw new TypeError('a simulation runs in this process already')
    const quiet = new Quiet(chance)
    const counted = (callback: (...args: unknown[]) => void, ...args: unknown[]): NodeJS.Immediate => {
      quiet.#immediates++
      return quiet.#setImmediate(() => {
        quiet.#immediates--
        callback(...args)
      })
    }
    globalThis.setImmediate = Object.assign<object, object>(counted, quiet.#setImmediate) as typeof setImmediate
    // over the getter of the prototype, which stays
    Object.defineProperty(crypto, 'subtle', { value: quiet.#crypto.subtle, configurable: true })
    return quiet
  }

  uninstall(): void {
    globalThis.setImmediate = this.#setImmediate
    Reflect.deleteProperty(crypto, 'subtle')
  }

  /** Resolves when every chain of microtasks, immediates and WebCrypto calls has come to wait for something else. */
  async reached(): Promise<void> {
    do {
      do await this.#turn()
      while (this.#immediates > 0)
    } while (await this.#crypto.release())
  }

  async #turn(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#setImmediate(resolve)
    })
  }
}
