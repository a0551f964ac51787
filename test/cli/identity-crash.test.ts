/** A process that ends in the middle of writing a private key: at every step, by SIGKILL. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { findIdentity } from '../../src/cli/identity.ts'
import type { Io } from '../../src/cli/io.ts'
import { keyFileHeader, looksLikeKeyFile, sealKeyFile } from '../../src/identity/keyfile.ts'
import { surroundings } from '../helpers/transcript.ts'
import { bob, fixedBytes } from '../vectors/fixed.ts'

const root = join(import.meta.dirname, '..', '..')
const dir = mkdtempSync(join(tmpdir(), 'mailbox-crash-'))
after(() => {
  rmSync(dir, { recursive: true })
})

const io: Io = {
  stdin: new PassThrough(),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  variables: {},
  signal: new AbortController().signal
}

const passphrase = join(dir, 'pass')
writeFileSync(passphrase, 'correct horse\n')
const cheap = { random: (n: number): Uint8Array => fixedBytes('crash', n), cost: { logN: 4, r: 1, p: 1 } }
const sealed = await sealKeyFile(bob, 'correct horse', cheap)

/** Runs the command in a copy of `from` until its `at`-th change; false when it has fewer. */
async function crashes(command: string, data: string, at: number): Promise<boolean> {
  const preload = join(root, 'test', 'helpers', 'crash-point.ts')
  const args = ['--import', preload, join(root, 'src', 'cli', 'main.ts'), ...command.split(' ')]
  const env = { ...surroundings(), HOME: dir, CRASH_AT: String(at) }
  const child = spawn(process.execPath, [...args, '--data', data, '--passphrase-file', passphrase], { env })
  child.stdin.end()
  const ended = new Promise<[number | null, string | null]>(resolve => {
    child.on('close', (code, signal) => {
      resolve([code, signal])
    })
  })
  const [stderr, [code, signal]] = await Promise.all([text(child.stderr), ended])
  assert.ok(signal === 'SIGKILL' || code === 0, `${command} at ${at}: ${stderr}`)
  return signal === 'SIGKILL'
}

/** Files of a directory that hold the private key as clear text. */
const clearTexts = (data: string): string[] =>
  readdirSync(data).filter(name => {
    const path = join(data, name)
    return statSync(path).isFile() && /bbaareq/.test(readFileSync(path, 'utf8'))
  })

const filesOf = (data: string): string[] => readdirSync(data).sort()

function prepared(name: string, line: string): string {
  const data = join(dir, name)
  cpSync(join(dir, 'empty'), data, { recursive: true })
  writeFileSync(join(data, 'identity.key'), `${line}\n`, { mode: 0o600 })
  return data
}

/** Every change of a command in turn, until it ends by itself. @returns how many there were */
async function everyChange(visit: (at: number) => Promise<boolean>): Promise<number> {
  for (let at = 1; at < 30; at++) if (!(await visit(at))) return at - 1
  throw new Error('more changes than a command makes')
}

mkdirSync(join(dir, 'empty'), { mode: 0o700 })
writeFileSync(join(dir, 'empty', 'format.json'), '{"format":"libp2p-mailbox client","version":1}\n')

test('setting a passphrase, killed at any step, leaves the old file or the new one whole, and no second clear text', async () => {
  const seen = new Set<boolean>()
  const changes = await everyChange(async at => {
    const data = prepared(`set ${at}`, bob.toText())
    const killed = await crashes('id passphrase set', data, at)
    const line = readFileSync(join(data, 'identity.key'), 'utf8').trim()
    seen.add(looksLikeKeyFile(line))
    assert.deepEqual(clearTexts(data), looksLikeKeyFile(line) ? [] : ['identity.key'])
    assert.equal((await findIdentity(io, data)).address, bob.address)
    assert.deepEqual(filesOf(data), ['format.json', 'identity.key'])
    return killed
  })
  assert.ok(changes >= 5, `only ${changes} changes`)
  assert.equal(seen.size, 2)
})

test('removing a passphrase, killed at any step, leaves no clear text beside an encrypted file once a command has run', async () => {
  const changes = await everyChange(async at => {
    const data = prepared(`remove ${at}`, sealed)
    const killed = await crashes('id passphrase remove', data, at)
    const held = await findIdentity(io, data)
    assert.equal(held.address, bob.address)
    assert.deepEqual(clearTexts(data), held.encrypted ? [] : ['identity.key'])
    assert.deepEqual(filesOf(data), ['format.json', 'identity.key'])
    return killed
  })
  assert.ok(changes >= 5, `only ${changes} changes`)
})

test('a new identity under a passphrase, killed at any step, is there whole or not at all, and never as clear text', async () => {
  const changes = await everyChange(async at => {
    const data = join(dir, `new ${at}`)
    const killed = await crashes('id new', data, at)
    const files = readdirSync(dir).includes(`new ${at}`) ? filesOf(data) : []
    if (files.length > 0) assert.deepEqual(clearTexts(data), [])
    if (files.includes('identity.key')) {
      const { address, encrypted, text: line } = await findIdentity(io, data)
      assert.deepEqual([encrypted, keyFileHeader(line).address], [true, address])
      assert.deepEqual(filesOf(data), ['format.json', 'identity.key'])
    }
    return killed
  })
  assert.ok(changes >= 8, `only ${changes} changes`)
})
