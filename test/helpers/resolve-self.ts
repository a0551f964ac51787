/** Loaded with --import: the package's own name is its source, as it is for the type checker (tsconfig `paths`). */
import { registerHooks } from 'node:module'

const source = new URL('../../src/', import.meta.url)

registerHooks({
  resolve (specifier, context, next) {
    const found = /^libp2p-mailbox(?:\/(\w+))?$/.exec(specifier)
    if (found === null) return next(specifier, context)
    return next(new URL(found[1] === undefined ? 'index.ts' : `${found[1]}/index.ts`, source).href, context)
  }
})
