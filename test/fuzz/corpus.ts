/** Inputs on disk: those that a run begins with, and those that failed. A file for each, named by its hash. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, 'corpus')
/** Where failing inputs go: not a part of the repository. */
export const crashes = join(import.meta.dirname, '..', '..', '.bench', 'fuzz')

/** In the order of their names, which is that of no meaning and the same everywhere. */
export function corpusOf(target: string): { name: string; input: Uint8Array }[] {
  const path = join(folder, target)
  if (!existsSync(path)) return []
  return readdirSync(path)
    .sort()
    .map(name => ({ name, input: new Uint8Array(readFileSync(join(path, name))) }))
}

/** @returns the path */
export function keep(target: string, input: Uint8Array, where: string = folder): string {
  const name = createHash('sha256').update(input).digest('hex').slice(0, 12)
  mkdirSync(join(where, target), { recursive: true })
  const path = join(where, target, name)
  writeFileSync(path, input)
  return path
}
