/**
 * messages.proto → messages.js + messages.d.ts. protons writes TypeScript with `namespace`, which Node cannot strip,
 * so its output is compiled once, here, and the JavaScript is what the source tree imports.
 *
 *   npm run generate            writes src/wire/messages.js and messages.d.ts
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const bin = (name: string): string => join(root, 'node_modules', '.bin', name)
const target = process.argv[2] ?? join(root, 'src', 'wire')
// inside the project, so that the compiler finds node_modules
const work = mkdtempSync(join(root, 'node_modules', '.messages-'))
try {
  execFileSync(process.execPath, [bin('protons'), join(root, 'src', 'wire', 'messages.proto'), '-o', work], {
    stdio: ['ignore', 'ignore', 'inherit']
  })
  execFileSync(
    process.execPath,
    [
      bin('tsc'),
      join(work, 'messages.ts'),
      '--outDir',
      join(work, 'out'),
      '--declaration',
      '--target',
      'es2024',
      '--module',
      'nodenext',
      '--skipLibCheck',
      '--strict'
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] }
  )
  for (const name of ['messages.js', 'messages.d.ts']) {
    const text = readFileSync(join(work, 'out', name), 'utf8').replaceAll('Uint8Array<ArrayBuffer>', 'Uint8Array')
    writeFileSync(
      join(work, 'out', name),
      `// Generated from messages.proto by "npm run generate". Do not edit.\n${text}`
    )
    copyFileSync(join(work, 'out', name), join(target, name))
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
