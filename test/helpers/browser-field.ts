/** Importing this makes Node load what a bundler for browsers would. */
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, twins } from './twins.ts'

const urlOf = (file: string): string => pathToFileURL(join(root, file)).href
const replacements = new Map([...twins].map(([node, web]) => [urlOf(node), { node, url: urlOf(web) }]))

/** Files of src that have been replaced so far; bounded by the field. */
export const replaced = new Set<string>()

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context)
    const found = replacements.get(resolved.url)
    if (found === undefined) return resolved
    replaced.add(found.node)
    return { ...resolved, url: found.url }
  }
})
