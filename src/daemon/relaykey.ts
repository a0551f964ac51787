/** The key of a relay in its data directory: its peer id, which locators name. */
import { join } from 'node:path'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import type { Environment, Log } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import { parsePrivateKey } from '../identity/address.ts'
import { generateIdentity } from '../identity/keys.ts'
import type { DataDirectory } from './directory.ts'
import { createSecret, exists, isExposed, readSecret } from './file.ts'

/**
 * Made at the first start, and then only read: a start on a full disk needs no write. A store whose key is gone is another
 * relay's store.
 * @throws MailboxError DATA_DIR
 */
export async function relayKey(directory: DataDirectory, { random }: Environment, log: Log): Promise<PrivateKey> {
  const path = join(directory.path, 'relay.key')
  if ((await readSecret(path)) === undefined) {
    if (await exists(join(directory.path, 'store'))) {
      throw new MailboxError(
        'DATA_DIR',
        `${path} is missing although there is a store: put the key back from a backup, or start with an empty directory.`
      )
    }
    await createSecret(path, `${generateIdentity(random).toText()}\n`)
  }
  if (await isExposed(path)) log('warn', 'key_exposed', { path, advice: 'chmod 600' })
  const { seed } = parsePrivateKey((await readSecret(path)) ?? '')
  return await generateKeyPairFromSeed('Ed25519', seed)
}
