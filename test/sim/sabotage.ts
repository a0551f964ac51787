/** Faulty relays and clients, each of which the simulation must notice: a check that finds nothing could be blind. */
import type { Database as ClientDatabase } from '../../src/client/store.ts'
import type { Database as RelayDatabase, Write } from '../../src/relay/database.ts'
import { decodeEntry, kinds } from '../../src/relay/keys.ts'
import type { DiskLevel } from './disk.ts'
import type { Sabotage } from './machine.ts'

type Methods<T> = Partial<{ [K in keyof T]: T[K] }>

/** `level` as a relay or client uses it, with some methods replaced. */
function changed<T extends object>(level: DiskLevel, methods: (store: T) => Methods<T>): T {
  const store = level as unknown as T
  const replaced = methods(store)
  return new Proxy(store, {
    get: (target, name) => {
      const own: unknown = Reflect.get(replaced, name)
      const value: unknown = own ?? Reflect.get(target, name, target)
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value
    }
  })
}

/** What a tombstone brings about: itself, no record any more, an entry that is not live. */
function removes(write: Write): boolean {
  const [kind] = write.key
  if (kind === kinds.tombstone || (kind === kinds.record && write.type === 'del')) return true
  return kind === kinds.entry && write.type === 'put' && !decodeEntry(write.value).live
}

/** Of a record id, at the end of a key. */
const idDigits = 64

const isSeen = (key: string): boolean => key.startsWith('seen!')

export const sabotages: Readonly<Record<string, Sabotage>> = {
  'relay answers before it has synced': {
    relay: level =>
      changed<RelayDatabase>(level, store => ({
        batch: async (writes, options) => {
          await store.batch(writes, { ...options, sync: false })
        }
      }))
  },
  'relay forgets acks': {
    relay: level =>
      changed<RelayDatabase>(level, store => ({
        batch: async (writes, options) => {
          const acks = writes.some(({ key }) => key[0] === kinds.tombstone)
          const kept = writes.filter(write => !acks || !removes(write))
          await store.batch(kept, options)
        }
      }))
  },
  'client acks before it has synced': {
    client: level =>
      changed<ClientDatabase>(level, store => ({
        batch: async (writes, options) => {
          await store.batch(writes, { ...options, sync: false })
        }
      }))
  },
  'client forgets what it has had': {
    client: level => {
      // ids that the client has just asked about: whether it has seen them, and next whether they are here
      const asked = new Set<string>()
      const forgets = (key: string): boolean => {
        const id = key.slice(-idDigits)
        if (!isSeen(key)) return asked.delete(id)
        asked.add(id)
        return true
      }
      return changed<ClientDatabase>(level, store => ({
        getMany: async (keys, options) => {
          const values = await store.getMany(keys, options)
          return values.map((value, at) => (forgets(keys[at] ?? '') ? undefined : value))
        }
      }))
    }
  }
}
