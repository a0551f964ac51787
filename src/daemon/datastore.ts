/**
 * The datastore that libp2p writes its own data to: datastore-level on the node's LevelDB. It can be let go of before
 * the database closes, since parts of libp2p write after its stop, or while it hangs, and nobody catches what such a
 * write throws; the process would end on it.
 */
import { NotFoundError } from '@libp2p/interface'
import { LevelDatastore } from 'datastore-level'
import type { Database } from './directory.ts'

type Store = LevelDatastore
type Level = ConstructorParameters<typeof LevelDatastore>[0]

export class NodeDatastore extends LevelDatastore {
  #released = false

  constructor(database: Database) {
    // the parameter's type is the same class under the name of another package
    super(database as unknown as Level)
  }

  /** From now on writes are dropped and nothing is found. Only hints are lost: addresses of peers. */
  release(): void {
    this.#released = true
  }

  override async put(...[key, value, options]: Parameters<Store['put']>): ReturnType<Store['put']> {
    return this.#released ? key : await super.put(key, value, options)
  }

  override async get(...[key, options]: Parameters<Store['get']>): ReturnType<Store['get']> {
    if (this.#released) throw new NotFoundError('The node has stopped.')
    return await super.get(key, options)
  }

  override async has(...[key, options]: Parameters<Store['has']>): ReturnType<Store['has']> {
    return !this.#released && (await super.has(key, options))
  }

  override async delete(...[key, options]: Parameters<Store['delete']>): ReturnType<Store['delete']> {
    if (!this.#released) await super.delete(key, options)
  }

  override batch(): ReturnType<Store['batch']> {
    const batch = super.batch()
    return {
      ...batch,
      commit: async options => {
        if (!this.#released) await batch.commit(options)
      }
    }
  }

  override query(...[query, options]: Parameters<Store['query']>): ReturnType<Store['query']> {
    return this.#released ? nothing() : super.query(query, options)
  }

  override queryKeys(...[query, options]: Parameters<Store['queryKeys']>): ReturnType<Store['queryKeys']> {
    return this.#released ? nothing() : super.queryKeys(query, options)
  }
}

async function* nothing(): AsyncGenerator<never> {
  // ends at once: nothing is found
}
