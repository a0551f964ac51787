/**
 * The datastore that libp2p writes its own data to: datastore-level on the node's LevelDB. These are hints, addresses of
 * peers; parts of libp2p write after its stop, or while it hangs, and nobody catches what such a write throws: the
 * process would end on it. So a database that is closed, is being opened again or fails has none of them, and the relay
 * says what is wrong with its disk.
 */
import { NotFoundError } from '@libp2p/interface'
import { LevelDatastore } from 'datastore-level'
import type { Log } from '../environment.ts'
import type { Database } from './directory.ts'

type Store = LevelDatastore
type Level = ConstructorParameters<typeof LevelDatastore>[0]

export class NodeDatastore extends LevelDatastore {
  readonly #log: Log
  #released = false

  constructor(database: Database, log: Log) {
    // the parameter's type is the same class under the name of another package
    super(database as unknown as Level)
    this.#log = log
  }

  /** From now on writes are dropped and nothing is found. */
  release(): void {
    this.#released = true
  }

  override async put(...[key, value, options]: Parameters<Store['put']>): ReturnType<Store['put']> {
    return await this.#hint(
      async () => await super.put(key, value, options),
      () => key
    )
  }

  override async get(...[key, options]: Parameters<Store['get']>): ReturnType<Store['get']> {
    return await this.#hint(
      async () => await super.get(key, options),
      () => {
        throw new NotFoundError('The store cannot be read now.')
      }
    )
  }

  override async has(...[key, options]: Parameters<Store['has']>): ReturnType<Store['has']> {
    return await this.#hint(
      async () => await super.has(key, options),
      () => false
    )
  }

  override async delete(...[key, options]: Parameters<Store['delete']>): ReturnType<Store['delete']> {
    await this.#hint(
      async () => {
        await super.delete(key, options)
      },
      () => undefined
    )
  }

  override batch(): ReturnType<Store['batch']> {
    const batch = super.batch()
    return {
      ...batch,
      commit: async options => {
        await this.#hint(
          async () => {
            await batch.commit(options)
          },
          () => undefined
        )
      }
    }
  }

  override query(...[query, options]: Parameters<Store['query']>): ReturnType<Store['query']> {
    return this.#all(() => super.query(query, options))
  }

  override queryKeys(...[query, options]: Parameters<Store['queryKeys']>): ReturnType<Store['queryKeys']> {
    return this.#all(() => super.queryKeys(query, options))
  }

  async #hint<T>(operation: () => Promise<T> | T, otherwise: () => T): Promise<T> {
    if (this.#released) return otherwise()
    try {
      return await operation()
    } catch (error) {
      // by its name: datastore-level has the class from another package
      if (error instanceof Error && error.name === 'NotFoundError') throw error
      this.#log('debug', 'hint_lost', { error: String(error) })
      return otherwise()
    }
  }

  async *#all<T>(query: () => AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
    if (this.#released) return
    try {
      yield* query()
    } catch (error) {
      this.#log('debug', 'hint_lost', { error: String(error) })
    }
  }
}
