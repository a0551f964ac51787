import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openDirectory, openStore } from '../../src/daemon/directory.ts'
import { relayKey } from '../../src/daemon/relaykey.ts'
import { silent, systemEnvironment } from '../../src/environment.ts'
import { kinds, metaKey, u32 } from '../../src/relay/keys.ts'
import { flipped, usedStore, type StoredRows } from '../helpers/stores.ts'
import { perform, readScenes } from '../helpers/transcript.ts'

// stores that no relay runs on, some of them damaged; the scenes run in order
const dir = mkdtempSync(join(tmpdir(), 'mailbox-cli-'))
after(() => {
  rmSync(dir, { recursive: true })
})

async function write(name: string, rows: StoredRows): Promise<string> {
  const directory = await openDirectory(join(dir, name), 'relay')
  const database = await openStore(directory)
  await database.batch<Uint8Array, Uint8Array>(
    rows.map(([key, value]) => ({ type: 'put', key, value })),
    { keyEncoding: 'view', valueEncoding: 'view' }
  )
  await database.compactRange('', '~')
  await database.close()
  return join(dir, name, 'store')
}

const { rows } = await usedStore()
await write('sound', rows)
const record = rows.findIndex(([key]) => key[0] === kinds.record)
await write('damaged', flipped(rows, record, 8 * 200))
await relayKey(await openDirectory(join(dir, 'newer'), 'relay'), systemEnvironment, silent)
await write('newer', [[metaKey('version'), u32(99)]])
await openDirectory(join(dir, 'empty'), 'relay')

// the first block of a table is overwritten: LevelDB itself cannot read it
const store = await write('unreadable', rows)
const [table = ''] = readdirSync(store).filter(name => name.endsWith('.ldb'))
const file = await open(join(store, table), 'r+')
await file.write(Buffer.alloc(3_000, 0xff), 0, 3_000, 0)
await file.close()
// and a store whose list of tables is gone does not open
const torn = await write('torn', rows)
for (const name of readdirSync(torn).filter(name => name.startsWith('MANIFEST'))) truncateSync(join(torn, name))

const values = new Map([['dir', dir]])
for (const scene of readScenes(join(import.meta.dirname, 'transcripts', 'relay-store.txt'))) {
  test(scene.name, async () => {
    await perform(scene, values, { HOME: dir })
  })
}
