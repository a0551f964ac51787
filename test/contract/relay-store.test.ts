import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { ClassicLevel } from 'classic-level'
import { MemoryLevel } from 'memory-level'
import { relayStoreContract } from '../../src/testing/store-contract.ts'

describe('a relay store in memory', () => {
  relayStoreContract(test, () => Promise.resolve(new MemoryLevel()))
})

describe('a relay store on disk', () => {
  const opened: ClassicLevel[] = []
  const directories: string[] = []
  after(async () => {
    for (const db of opened) await db.close()
    for (const directory of directories) await rm(directory, { recursive: true, force: true })
  })
  relayStoreContract(test, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'relay-store-'))
    directories.push(directory)
    const db = new ClassicLevel(directory)
    opened.push(db)
    return db
  })
})
