/** A cache of whatever was used last. */
import { LRUCache } from 'lru-cache'

/** At most `max` entries; by `maxSize`, since `max` takes its room ahead, and many of these stay nearly empty. */
export function lastUsed<V extends object | number>(max: number): LRUCache<string, V> {
  return new LRUCache<string, V>({ maxSize: max, sizeCalculation: () => 1 })
}
