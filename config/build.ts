/**
 * src → dist: JavaScript and declarations, the generated messages beside them, and the command made executable.
 *
 *   npm run build
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
/** Not TypeScript, so the compiler leaves them where they are. */
const copied = ['wire/messages.js', 'wire/messages.d.ts', 'wire/messages.proto', 'cli/mailbox.js']

rmSync(dist, { recursive: true, force: true })
execFileSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')],
  {
    stdio: 'inherit'
  }
)
for (const file of copied) {
  mkdirSync(dirname(join(dist, file)), { recursive: true })
  copyFileSync(join(root, 'src', file), join(dist, file))
}
chmodSync(join(dist, 'cli/mailbox.js'), 0o755)

// the compiler rewrites './x.ts' to './x.js' in JavaScript only; in declarations we do it here
for (const file of globSync('**/*.d.ts', { cwd: dist })) {
  const path = join(dist, file)
  const text = readFileSync(path, 'utf8')
  const rewritten = text.replace(/((?:from|import\()\s*['"]\.{1,2}\/[^'"]*)\.ts(['"])/g, '$1.js$2')
  if (rewritten !== text) writeFileSync(path, rewritten)
}
