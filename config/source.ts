/**
 * Lets a program of this repository import the package by its name without a build:
 *
 *   node --import ./config/source.ts examples/send.ts
 */
import { registerHooks } from 'node:module'

const name = 'libp2p-mailbox'
const source = new URL('../src/', import.meta.url)

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === name) return nextResolve(new URL('index.ts', source).href, context)
    if (specifier.startsWith(`${name}/`) && !specifier.endsWith('.json')) {
      return nextResolve(new URL(`${specifier.slice(name.length + 1)}/index.ts`, source).href, context)
    }
    return nextResolve(specifier, context)
  }
})
