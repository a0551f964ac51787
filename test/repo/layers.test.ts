import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { twins } from '../helpers/twins.ts'
import { files, importsOf, neighboursOf, reachable, root, sources, text } from './tree.ts'

const modules = sources.filter(file => file.startsWith('src/'))

/** Folder (or file) of src → its layer. Each imports from lower layers, or from its own folder. */
const layers: Record<string, number> = {
  'errors.ts': 0,
  'limits.ts': 0,
  'limitnames.ts': 0,
  'environment.ts': 0,
  crypto: 0,
  wire: 1,
  identity: 2,
  placement: 3,
  relay: 4,
  client: 4,
  daemon: 5,
  testing: 5,
  textile: 5,
  cli: 6,
  'index.ts': 6
}

function folderOf(file: string): string {
  return file.split('/')[1] ?? ''
}

function breaches(rule: (from: string, to: string) => boolean): string[] {
  return modules.flatMap(from =>
    neighboursOf(from)
      .filter(to => rule(from, to))
      .map(to => `${from} imports ${to}`)
  )
}

/** Packages named by the files that `start` reaches. */
function packagesReached(start: string): Set<string> {
  const reached = [...reachable(start)].filter(file => modules.includes(file))
  return new Set(reached.flatMap(importsOf).filter(name => !name.startsWith('.') && !name.startsWith('node:')))
}

test('every file of src belongs to a layer', () => {
  assert.deepEqual(
    modules.filter(file => layers[folderOf(file)] === undefined),
    []
  )
})

test('a module imports only what is below it, or its own folder', () => {
  assert.deepEqual(
    breaches((from, to) => {
      const [own, other] = [folderOf(from), folderOf(to)]
      return (
        own !== other &&
        (layers[other] ?? Infinity) >= (layers[own] ?? -1) &&
        !(layers[own] === 0 && layers[other] === 0)
      )
    }),
    []
  )
})

test('imports stay inside src and name files that exist', () => {
  assert.deepEqual(
    breaches((from, to) => !to.startsWith('src/') || !existsSync(join(root, to))).filter(
      breach => breach !== 'src/cli/mailbox.js imports src/cli/main.js'
    ),
    []
  )
})

test('identity knows the messages of wire and nothing else of it', () => {
  assert.deepEqual(
    breaches((from, to) => folderOf(from) === 'identity' && folderOf(to) === 'wire' && to !== 'src/wire/messages.js'),
    []
  )
})

test('relay and client never import each other, not even through others', () => {
  const crossings = modules.flatMap(from => {
    const other = { relay: 'client', client: 'relay' }[folderOf(from)]
    return other === undefined
      ? []
      : [...reachable(from)].filter(to => folderOf(to) === other).map(to => `${from} reaches ${to}`)
  })
  assert.deepEqual(crossings, [])
})

test('G7: nothing a relay loads can open an envelope', () => {
  const opening = [
    'src/crypto/hpke.ts',
    'src/identity/envelope.ts',
    'src/identity/wallet.ts',
    'src/identity/prekey.ts',
    'src/identity/textile.ts'
  ]
  const relays = modules.filter(file => folderOf(file) === 'relay')
  assert.ok(relays.includes('src/relay/service.ts'))
  assert.deepEqual(
    relays.flatMap(from => opening.filter(to => reachable(from).has(to)).map(to => `${from} reaches ${to}`)),
    []
  )
  assert.ok(!packagesReached('src/relay/service.ts').has('hpke'))
})

test('only envelope.ts and the parts it is made of name the HPKE package', () => {
  const named = modules.filter(file => importsOf(file).includes('hpke'))
  assert.deepEqual(named, ['src/crypto/hpke.browser.ts', 'src/crypto/hpke.ts', 'src/identity/envelope.ts'])
})

test('only daemon, testing and cli name a LevelDB', () => {
  const named = modules.filter(file =>
    importsOf(file).some(name => name === 'classic-level' || name === 'datastore-level')
  )
  assert.deepEqual(
    named.filter(file => !['daemon', 'testing', 'cli'].includes(folderOf(file))),
    []
  )
})

for (const start of ['src/index.ts', 'src/textile/index.ts']) {
  test(`an application that imports the client (${start}) loads no relay, no daemon and no native LevelDB`, () => {
    const reached = [...reachable(start)].filter(file => ['relay', 'daemon', 'testing', 'cli'].includes(folderOf(file)))
    assert.deepEqual(reached, [])
    const packages = packagesReached(start)
    assert.deepEqual(
      ['classic-level', 'datastore-level', 'fastify', 'pino', 'commander'].filter(name => packages.has(name)),
      []
    )
  })
}

test('what a browser gets of the client names nothing of Node', () => {
  const bundled = [...reachable('src/index.ts')].map(file => twins.get(file) ?? file)
  assert.ok(bundled.includes('src/crypto/primitives.browser.ts'))
  const ofNode = /['"]node:|\b(Buffer|process|setImmediate|NodeJS|__dirname)\b[.(]/
  assert.deepEqual(
    bundled.filter(file => ofNode.test(text(file))),
    []
  )
})

test('no module is part of an import cycle, type imports included', () => {
  const cycles = modules.filter(file =>
    neighboursOf(file).some(next => modules.includes(next) && reachable(next).has(file))
  )
  assert.deepEqual(cycles, [])
})

test('identity, placement, relay and client take the time and chance as arguments', () => {
  const ambient = /\b(Date\.now|Math\.random|new Date\(\))/
  const pure = modules.filter(file => ['identity', 'placement', 'relay', 'client'].includes(folderOf(file)))
  assert.deepEqual(
    pure.filter(file => ambient.test(text(file))),
    []
  )
})

test('every package that src imports is a dependency, and every dependency is imported', () => {
  const { dependencies } = JSON.parse(text('package.json')) as { dependencies: Record<string, string> }
  const packageOf = (name: string): string =>
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/')
  const imported = new Set(
    [...modules, ...files('src/wire/messages.js')]
      .flatMap(importsOf)
      .filter(name => !name.startsWith('.') && !name.startsWith('node:'))
      .map(packageOf)
  )
  assert.deepEqual(
    [...imported].filter(name => !(name in dependencies)),
    []
  )
  assert.deepEqual(
    Object.keys(dependencies).filter(name => !imported.has(name)),
    []
  )
})
