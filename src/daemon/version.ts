/** The version of this package, from its package.json: two levels up in the source and in the built package. */
import { createRequire } from 'node:module'

export function versionOf(): string {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }
  return version
}
