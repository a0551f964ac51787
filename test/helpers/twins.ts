/** The `browser` field of package.json, in src: module → the one that browsers get in its place. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')
const { browser } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { browser: Record<string, string> }
const sourceOf = (path: string): string => path.replace('./dist/', 'src/').replace(/\.js$/, '.ts')

/** Paths from the root. */
export const twins: ReadonlyMap<string, string> = new Map(
  Object.entries(browser).map(([node, web]) => [sourceOf(node), sourceOf(web)])
)
