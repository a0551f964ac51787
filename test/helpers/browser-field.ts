/** Importing this makes Node load what a bundler for browsers would: the `browser` field of package.json, in src. */
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'

const root = join(import.meta.dirname, '../..')
const { browser } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { browser: Record<string, string> }
const sourceOf = (path: string): string => path.replace('./dist/', 'src/').replace(/\.js$/, '.ts')
const urlOf = (file: string): string => pathToFileURL(join(root, file)).href

/** URL of a module → its replacement. */
const replacements = new Map(
  Object.entries(browser).map(([node, web]) => [
    urlOf(sourceOf(node)),
    { file: sourceOf(node), url: urlOf(sourceOf(web)) }
  ])
)

/** Files of src that have been replaced so far; bounded by the field. */
export const replaced = new Set<string>()

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context)
    const found = replacements.get(resolved.url)
    if (found === undefined) return resolved
    replaced.add(found.file)
    return { ...resolved, url: found.url }
  }
})
