import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { perform, readScenes } from '../helpers/transcript.ts'

// the command line without any relay; the scenes share one directory and run in order
const dir = mkdtempSync(join(tmpdir(), 'mailbox-cli-'))
after(() => {
  rmSync(dir, { recursive: true })
})

writeFileSync(join(dir, 'typo.json'), '{"listn":[]}')
writeFileSync(join(dir, 'small.json'), '{"listen":["/ip4/127.0.0.1/tcp/4599"],"stopDeadlineMs":9000}')
writeFileSync(join(dir, 'large.bin'), new Uint8Array(252 * 1024 + 1))

// a closed port: bound to nothing on the loopback interface
const nobody = '/ip4/127.0.0.1/tcp/9/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5'
const values = new Map([
  ['dir', dir],
  ['nobody', nobody]
])

for (const scene of readScenes(join(import.meta.dirname, 'transcripts', 'alone.txt'))) {
  test(scene.name, async () => {
    await perform(scene, values, { HOME: dir, MAILBOX_STOP_DEADLINE_MS: '7000' })
  })
}
