import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { budgetKib, measuredKib } from '../../config/browser.ts'
import { twins } from '../helpers/twins.ts'
import { files, generated, importsOf, json, root, sources, text } from './tree.ts'

interface Manifest {
  name: string
  version: string
  exports: Record<string, string | { types: string; default: string }>
  bin: Record<string, string>
  files: string[]
  scripts: Record<string, string>
  engines: { node: string }
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}
const manifest = json('package.json') as Manifest

/** dist/x.js or dist/x.d.ts → the source it is built from. */
function sourceOf(target: string): string[] {
  const stem = target.replace(/^(\.\/)?dist\//, 'src/').replace(/(\.d\.ts|\.js)$/, '')
  return [`${stem}.ts`, `${stem}.js`]
}

test('every export and command of package.json has a source, types named first', () => {
  for (const [subpath, target] of Object.entries(manifest.exports)) {
    if (typeof target === 'string') {
      assert.ok(existsSync(join(root, target)), subpath)
      continue
    }
    assert.equal(Object.keys(target)[0], 'types', subpath)
    for (const path of Object.values(target))
      assert.ok(
        sourceOf(path).some(file => existsSync(join(root, file))),
        `${subpath}: ${path}`
      )
  }
  for (const path of Object.values(manifest.bin))
    assert.ok(
      sourceOf(path).some(file => existsSync(join(root, file))),
      path
    )
})

test('every path that package.json publishes exists', () => {
  assert.deepEqual(
    manifest.files.filter(path => path !== 'dist' && !existsSync(join(root, path))),
    []
  )
})

test('every subpath of the package imports', async () => {
  for (const target of Object.values(manifest.exports)) {
    if (typeof target === 'string') continue
    const module = (await import(join(root, sourceOf(target.default)[0] ?? ''))) as object
    assert.ok(Object.keys(module).length > 0, target.default)
  }
})

test('the generated messages are what the proto file gives', () => {
  const target = mkdtempSync(join(tmpdir(), 'messages-'))
  try {
    execFileSync(process.execPath, [join(root, 'config/generate.ts'), target], { stdio: 'pipe' })
    for (const file of generated) {
      assert.equal(
        text(file),
        readFileSync(join(target, file.split('/').at(-1) ?? ''), 'utf8'),
        `${file}: run "npm run generate"`
      )
    }
  } finally {
    rmSync(target, { recursive: true, force: true })
  }
})

test('a module that browsers get another one for has a source, and every other one has its place', () => {
  for (const file of twins.keys()) assert.ok(existsSync(join(root, file)), file)
  assert.deepEqual([...twins.values()].sort(), files('src/**/*.browser.ts'))
})

test('the README says the size and the budget that the client for browsers has', () => {
  const readme = text('README.md').replaceAll(/\s+/g, ' ')
  assert.ok(readme.includes(`has ${measuredKib.minified} KiB minified, ${measuredKib.gzip} KiB gzip`))
  assert.ok(readme.includes(`budget in CI is ${budgetKib.minified} and ${budgetKib.gzip}.`))
})

test('the version is written in package.json and read from it everywhere else', () => {
  const literal = new RegExp(`['"\`]v?${manifest.version.replaceAll('.', '\\.')}['"\`]`)
  assert.deepEqual(
    sources.filter(file => literal.test(text(file))),
    []
  )
  const lock = json('package-lock.json') as { version: string; packages: Record<string, { version?: string }> }
  assert.equal(lock.version, manifest.version)
  assert.equal(lock.packages['']?.version, manifest.version)
})

test('the Node floor is one number', () => {
  const floor = /^>=(\d+)\.(\d+)$/.exec(manifest.engines.node)
  assert.ok(floor !== null)
  assert.match(text('src/cli/mailbox.js'), new RegExp(`floor = \\[${floor[1]}, ${floor[2]}\\]`))
})

test('dependencies are pinned, and the lock file names no registry', () => {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
  const pinned = /^(npm:@?[\w./-]+@)?\d+(\.\d+\.\d+(-[\w.]+)?)?$/
  assert.deepEqual(
    versions.filter(([, version]) => !pinned.test(version)),
    []
  )
  assert.doesNotMatch(text('package-lock.json'), /"resolved"|registry/)
})

test('what only tests and tools import is not a dependency of the package', () => {
  const modules = sources.filter(file => file.startsWith('src/'))
  const imported = new Set(modules.flatMap(importsOf))
  assert.deepEqual(
    Object.keys(manifest.devDependencies).filter(name => imported.has(name)),
    []
  )
})

test('no file names a path or a host of the machine it was written on', () => {
  const local = new RegExp(
    [
      '/' + 'work/',
      '/' + 'root/',
      '/home/' + '(?!node\\b)\\w+/',
      'registry\\.' + 'npmjs',
      'npm' + '-proxy',
      '/tmp/' + 'bash_jobs'
    ].join('|')
  )
  const everything = [...files('*'), ...files('.*'), ...files('{.ci,src,test,config,examples}/**/*')]
  assert.deepEqual(
    everything.filter(file => local.test(text(file))),
    []
  )
})
