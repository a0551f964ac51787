/** Wakes those who wait for "something has changed"; they then look for themselves. Holds nothing, so it is bounded. */
export class Bell {
  #next = Promise.withResolvers<undefined>()

  ring(): void {
    this.#next.resolve(undefined)
    this.#next = Promise.withResolvers<undefined>()
  }

  /** The next ring. Take it before looking, await it after: then no ring is missed. */
  get next(): Promise<undefined> {
    return this.#next.promise
  }
}
