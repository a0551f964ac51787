/** A libp2p node's components as another package's service sees them, with some of it done our way. Pure. */
import type { Connection, Stream, StreamHandler, StreamHandlerOptions } from '@libp2p/interface'

/** What is used of a registrar. */
export interface Registrar {
  handle: (protocol: string, handler: StreamHandler, options?: StreamHandlerOptions) => Promise<void>
}

/** The same object with some of its methods replaced. */
export function instead<T extends object>(whole: T, methods: Partial<T>): T {
  return new Proxy(whole, {
    get: (target, name) => {
      const own: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name)
      return typeof own === 'function' ? (own.bind(target) as unknown) : own
    }
  })
}

/** The same components with some replaced. libp2p's are a proxy whose services are set later: a copy would be empty. */
export function overlaid<T extends object>(components: T, replaced: Partial<T>): T {
  return new Proxy(components, {
    get: (target, name) => (Reflect.get(replaced, name) as unknown) ?? (Reflect.get(target, name) as unknown)
  })
}

/** A registrar whose handlers are given what `wrap` makes of each stream that the other end opens. */
export function handling<R extends Registrar>(registrar: R, wrap: (stream: Stream) => Stream): R {
  const handle: Registrar['handle'] = async (protocol, handler, options) => {
    await registrar.handle(
      protocol,
      async (stream: Stream, connection: Connection) => {
        await handler(wrap(stream), connection)
      },
      options
    )
  }
  return instead<Registrar>(registrar, { handle }) as R
}
