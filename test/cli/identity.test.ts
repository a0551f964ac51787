import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { base32 } from 'multiformats/bases/base32'
import { alice, bob } from '../vectors/fixed.ts'
import { perform, readScenes } from '../helpers/transcript.ts'

// everything about identities; the scenes of a file share one directory and run in order
const dir = mkdtempSync(join(tmpdir(), 'mailbox-id-'))
after(() => {
  rmSync(dir, { recursive: true })
})

interface Care {
  readonly key_files: ReadonlyArray<{ passphrase: string; text: string }>
  readonly phrases: ReadonlyArray<{ phrase: string }>
}
const care = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'vectors', 'identity.json'), 'utf8')) as Care
/** Alice's, cheap to open. */
const { text: keyFile = '', passphrase = '' } = care.key_files[1] ?? {}
const phrase = care.phrases[0]?.phrase ?? ''
const words = phrase.split(' ')

const changed = (changes: Record<number, number>): string =>
  base32.encode(base32.decode(keyFile).map((byte, at) => changes[at] ?? byte))

for (const [name, content] of Object.entries({
  pass: 'correct horse\nnothing here is read\n',
  other: 'battery staple\r\n',
  empty: '\n',
  long: 'x'.repeat(2_000),
  'alice.pass': `${passphrase}\n`,
  'alice.key': `${keyFile}\n`,
  'damaged.key': `${changed({ 127: 0 })}\n`,
  'newer.key': `${changed({ 4: 2 })}\n`,
  'greedy.key': `${changed({ 5: 24 })}\n`,
  'cut.key': `${keyFile.slice(0, -1)}\n`,
  'bob.phrase': `${words.slice(0, 12).join(' ').toUpperCase()}\n${words.slice(12).join(' ')}\n`,
  'bob.text': `${bob.toText()}\n`,
  'bob.legacy': `${base32.encode(Buffer.concat([Uint8Array.of(8, 1, 0x12, 0x60), bob.seed, bob.key, bob.key]))}\n`,
  'long.txt': 'abandon '.repeat(1_000)
}))
  writeFileSync(join(dir, name), content)

const values = new Map([
  ['dir', dir],
  ['alice', alice.address],
  ['bob', bob.address],
  ['bobText', bob.toText()],
  ['keyFile', keyFile],
  ['phrase', phrase],
  ['short', words.slice(1).join(' ')],
  ['misspelt', words.with(2, 'mailbox').with(9, 'lettr').join(' ')],
  ['swapped', [words[1], words[0], ...words.slice(2)].join(' ')]
])

const files: ReadonlyArray<[file: string, variables: Record<string, string>]> = [
  ['identity.txt', {}],
  ['identity-variable.txt', { MAILBOX_PASSPHRASE: 'correct horse' }]
]
for (const [file, variables] of files) {
  for (const scene of readScenes(join(import.meta.dirname, 'transcripts', file))) {
    test(scene.name, async () => {
      await perform(scene, values, { HOME: dir, ...variables })
    })
  }
}
