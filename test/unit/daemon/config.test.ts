import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { configOf, loadConfig, resolveConfig } from '../../../src/daemon/config.ts'
import { flagOf, keyNames, keyOf, variableOf } from '../../../src/daemon/keys.ts'
import { configTable, printConfig, sampleConfig } from '../../../src/daemon/reference.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const file = (values: unknown) => ({ path: 'relay.json', text: JSON.stringify(values) })

test('a flag wins over a variable, a variable over the file, the file over the default', () => {
  const sources = {
    flags: { stopDeadlineMs: '1001' },
    variables: { MAILBOX_STOP_DEADLINE_MS: '1002', MAILBOX_MAILBOXES_MAX: '1003' },
    file: file({ stopDeadlineMs: 1004, mailboxesMax: 1005, connectionsMax: 1006 })
  }
  const { config, origins } = resolveConfig('relay', sources)
  assert.deepEqual(
    [config.stopDeadlineMs, config.mailboxesMax, config.connectionsMax, config.logLevel],
    [1001, 1003, 1006, 'info']
  )
  assert.deepEqual(
    [origins.stopDeadlineMs, origins.mailboxesMax, origins.connectionsMax, origins.logLevel],
    ['flag --stop-deadline-ms', 'variable MAILBOX_MAILBOXES_MAX', 'file relay.json', 'default']
  )
})

test('a list comes from a variable separated by commas and from a repeated flag', () => {
  const wanted = ['/ip4/127.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/2']
  assert.deepEqual(resolveConfig('relay', { variables: { MAILBOX_LISTEN: wanted.join(', ') } }).config.listen, wanted)
  assert.deepEqual(resolveConfig('relay', { flags: { listen: wanted } }).config.listen, wanted)
})

test('the result is frozen to its leaves', () => {
  const { config, origins } = resolveConfig('relay', { flags: { listen: ['/ip4/127.0.0.1/tcp/1'] } })
  assert.ok(Object.isFrozen(config) && Object.isFrozen(config.listen) && Object.isFrozen(origins))
  assert.ok(Object.isFrozen(resolveConfig('relay').config.listen))
})

test('an unknown key of a config file is CONFIG and names the nearest key', () => {
  assert.throws(() => resolveConfig('relay', { file: file({ listn: [] }) }), {
    code: 'CONFIG',
    message: /"listn".*did you mean listen\?/
  })
})

test('a key of the other role is accepted in a file and its value is checked', () => {
  assert.ok(!('active' in resolveConfig('relay', { file: file({ active: 1 }) }).config))
  assert.throws(() => resolveConfig('relay', { file: file({ active: 99 }) }), { code: 'CONFIG' })
})

for (const [name, value] of [
  ['listen', ['localhost:4501']],
  ['admin', 'everywhere'],
  ['mailboxesMax', 1.5],
  ['logLevel', 'loud'],
  ['gossip', 'yes']
] as const) {
  test(`a wrong ${name} is CONFIG in a file, a variable, and USAGE in a flag`, () => {
    const text = String(value)
    assert.throws(() => resolveConfig('relay', { file: file({ [name]: value }) }), {
      code: 'CONFIG',
      message: /expected/
    })
    assert.throws(() => resolveConfig('relay', { variables: { [variableOf(name)]: text } }), {
      code: 'CONFIG',
      message: /expected/
    })
    assert.throws(() => resolveConfig('relay', { flags: { [name]: text } }), { code: 'USAGE', message: /expected/ })
  })
}

test('a key of yes or no is read from text', () => {
  assert.equal(resolveConfig('relay', { variables: { MAILBOX_GOSSIP: 'false' } }).config.gossip, false)
  assert.equal(resolveConfig('relay', { flags: { gossip: 'true' } }).config.gossip, true)
})

test("a variable that no key reads is a warning with a suggestion, since it may be another program's", () => {
  const { warnings } = resolveConfig('relay', { variables: { MAILBOX_LISTN: 'x', MAILBOX_CONFIG: 'y', HOME: '/h' } })
  assert.deepEqual(warnings, ['The variable MAILBOX_LISTN is not read; did you mean MAILBOX_LISTEN?'])
})

test('a config file that is missing, not JSON or not an object is CONFIG', async () => {
  await assert.rejects(loadConfig('relay', { path: '/nowhere/relay.json' }), { code: 'CONFIG', message: /ENOENT/ })
  assert.throws(() => resolveConfig('relay', { file: { path: 'x', text: '{' } }), {
    code: 'CONFIG',
    message: /not JSON/
  })
  assert.throws(() => resolveConfig('relay', { file: { path: 'x', text: '[]' } }), {
    code: 'CONFIG',
    message: /one JSON object/
  })
})

test('an empty data key means the XDG data home, per role', () => {
  assert.equal(
    resolveConfig('relay', { variables: { HOME: '/h' } }).config.data,
    '/h/.local/share/libp2p-mailbox/relay'
  )
  assert.equal(resolveConfig('client', { variables: { XDG_DATA_HOME: '/x' } }).config.data, '/x/libp2p-mailbox/client')
})

test("a program's own values are checked like a file and not overruled by MAILBOX_ variables", () => {
  const config = configOf('relay', { admin: 'off' }, { MAILBOX_ADMIN: '127.0.0.1:1', HOME: '/h' })
  assert.equal(config.admin, 'off')
  assert.throws(() => configOf('relay', { stopDeadlineMs: 1 }), { code: 'CONFIG' })
})

test('every default passes its own check and every key has a meaning, a unit and names of its own', () => {
  for (const name of keyNames) {
    const key = keyOf(name)
    assert.ok(key.schema.safeParse(key.fallback).success, name)
    assert.ok(key.meaning.endsWith('.') && key.unit !== '' && key.roles.length > 0, name)
  }
  assert.equal(new Set(keyNames.flatMap(name => [flagOf(name), variableOf(name)])).size, keyNames.length * 2)
})

test('config/default.json is the sample rendered from the table', () => {
  assert.equal(readFileSync(join(root, 'config/default.json'), 'utf8'), sampleConfig())
})

for (const role of ['relay', 'client'] as const) {
  test(`config/${role}.json is accepted`, async () => {
    await loadConfig(role, { path: join(root, `config/${role}.json`) })
  })
}

test('the table for the README has a row for every key', () => {
  for (const name of keyNames) assert.ok(configTable().includes(`| \`${name}\` |`), name)
})

test('the printed configuration carries the origin of each value', () => {
  const printed = JSON.parse(printConfig(resolveConfig('relay', { flags: { admin: 'off' } }))) as Record<
    string,
    unknown
  >
  assert.deepEqual(printed.admin, { value: 'off', origin: 'flag --admin' })
})
