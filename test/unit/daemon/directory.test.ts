import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { findDirectory, openDirectory, openStore } from '../../../src/daemon/directory.ts'
import { createSecret, isExposed, readSecret } from '../../../src/daemon/file.ts'

const root = mkdtempSync(join(tmpdir(), 'mailbox-directory-'))
after(() => {
  rmSync(root, { recursive: true })
})
let made = 0
const fresh = (): string => join(root, String(made++))

test('an absent directory is made, readable by its owner only, and opens again', async () => {
  const path = join(fresh(), 'deep')
  await openDirectory(path, 'relay')
  assert.equal(statSync(path).mode & 0o777, 0o700)
  assert.deepEqual(readdirSync(path), ['format.json'])
  await openDirectory(path, 'relay')
})

test('a file in the place of the directory is DATA_DIR', async () => {
  const path = fresh()
  writeFileSync(path, 'x')
  await assert.rejects(openDirectory(path, 'relay'), { code: 'DATA_DIR', message: /not a directory/ })
  await assert.rejects(openDirectory(join(path, 'below'), 'relay'), { code: 'DATA_DIR', message: /ENOTDIR/ })
  assert.equal(readFileSync(path, 'utf8'), 'x')
})

test('a directory of something else is DATA_DIR and nothing is written', async () => {
  const path = fresh()
  mkdirSync(path)
  writeFileSync(join(path, 'thesis.txt'), 'x')
  await assert.rejects(openDirectory(path, 'relay'), { code: 'DATA_DIR', message: /thesis\.txt/ })
  assert.deepEqual(readdirSync(path), ['thesis.txt'])
})

test('a directory that cannot be made is DATA_DIR', async () => {
  await assert.rejects(openDirectory('/proc/mailbox', 'relay'), { code: 'DATA_DIR', message: /not writable/ })
})

test('the directory of a client is refused to a relay', async () => {
  const path = fresh()
  await openDirectory(path, 'client')
  await assert.rejects(openDirectory(path, 'relay'), { code: 'DATA_DIR', message: /"libp2p-mailbox client"/ })
})

test('a directory of a newer version is STORE_VERSION', async () => {
  const path = fresh()
  await openDirectory(path, 'relay')
  writeFileSync(join(path, 'format.json'), JSON.stringify({ format: 'libp2p-mailbox relay', version: 2 }))
  await assert.rejects(openDirectory(path, 'relay'), { code: 'STORE_VERSION' })
})

test('what an interrupted first start left does not block the next one', async () => {
  const path = fresh()
  mkdirSync(path)
  writeFileSync(join(path, '.new-1'), '')
  await openDirectory(path, 'relay')
})

test('looking for a directory makes none', async () => {
  const path = fresh()
  assert.equal(await findDirectory(path, 'client'), undefined)
  assert.throws(() => statSync(path))
})

test('a store that is open refuses a second opening with LOCKED and opens again once closed', async () => {
  const directory = await openDirectory(fresh(), 'relay')
  const first = await openStore(directory)
  await assert.rejects(openStore(directory), { code: 'LOCKED', message: /Another process/ })
  await first.close()
  await (await openStore(directory)).close()
})

test('a secret is created once, whole, 0600, and never replaced', async () => {
  const path = fresh()
  mkdirSync(path)
  const secret = join(path, 'relay.key')
  assert.equal(await readSecret(secret), undefined)
  assert.equal(await createSecret(secret, 'one\n'), true)
  assert.equal(await createSecret(secret, 'two\n'), false)
  assert.equal(await readSecret(secret), 'one')
  assert.equal(await isExposed(secret), false)
  assert.deepEqual(readdirSync(path), ['relay.key'])
})
